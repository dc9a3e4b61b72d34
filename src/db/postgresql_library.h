/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_library.h: the functions of libpq, loaded when a server is used. libpq brings along a good two dozen
 * libraries (TLS, Kerberos, LDAP); loading them takes longer than most commands on an embedded database. Private to the
 * PostgreSQL engine, whose files call the functions by their own names.
 */
#ifndef TREUE_DB_POSTGRESQL_LIBRARY_H
#define TREUE_DB_POSTGRESQL_LIBRARY_H

#include <libpq-fe.h>

#include "base/status.h"

/* All that are used. */
#define PQ_FUNCTIONS(F) \
        F(PQclear) F(PQcmdStatus) F(PQcmdTuples) F(PQconndefaults) F(PQconnectPoll) F(PQconnectStartParams) \
        F(PQconnectionNeedsPassword) F(PQconninfoFree) F(PQconninfoParse) F(PQdb) F(PQenterPipelineMode) \
        F(PQerrorMessage) F(PQexec) F(PQexecParams) F(PQexitPipelineMode) F(PQfinish) F(PQfname) F(PQftype) \
        F(PQgetResult) F(PQgetisnull) F(PQgetlength) F(PQgetvalue) F(PQnfields) F(PQnparams) F(PQntuples) \
        F(PQparameterStatus) F(PQparamtype) F(PQpipelineStatus) F(PQpipelineSync) F(PQputCopyData) F(PQputCopyEnd) \
        F(PQresultErrorField) F(PQresultStatus) F(PQsendDescribePrepared) F(PQsendPrepare) F(PQsendQueryParams) \
        F(PQsendQueryPrepared) F(PQserverVersion) F(PQsetErrorVerbosity) F(PQsetNoticeReceiver) F(PQsocket) \
        F(PQstatus) F(PQuser) F(PQconsumeInput) F(PQisBusy)

struct pq_library {
#define PQ_MEMBER(name) __typeof__(name) *name;
        PQ_FUNCTIONS(PQ_MEMBER)
#undef PQ_MEMBER
};
extern struct pq_library pq_library;

/* Before any of them is called; again it does nothing. STATUS_SYSTEM "library.missing". */
must_check enum status pq_library_load(struct error *error);

#define PQclear (*pq_library.PQclear)
#define PQcmdStatus (*pq_library.PQcmdStatus)
#define PQcmdTuples (*pq_library.PQcmdTuples)
#define PQconndefaults (*pq_library.PQconndefaults)
#define PQconnectPoll (*pq_library.PQconnectPoll)
#define PQconnectStartParams (*pq_library.PQconnectStartParams)
#define PQconnectionNeedsPassword (*pq_library.PQconnectionNeedsPassword)
#define PQconninfoFree (*pq_library.PQconninfoFree)
#define PQconninfoParse (*pq_library.PQconninfoParse)
#define PQdb (*pq_library.PQdb)
#define PQenterPipelineMode (*pq_library.PQenterPipelineMode)
#define PQerrorMessage (*pq_library.PQerrorMessage)
#define PQexec (*pq_library.PQexec)
#define PQexecParams (*pq_library.PQexecParams)
#define PQexitPipelineMode (*pq_library.PQexitPipelineMode)
#define PQfinish (*pq_library.PQfinish)
#define PQfname (*pq_library.PQfname)
#define PQftype (*pq_library.PQftype)
#define PQgetResult (*pq_library.PQgetResult)
#define PQgetisnull (*pq_library.PQgetisnull)
#define PQgetlength (*pq_library.PQgetlength)
#define PQgetvalue (*pq_library.PQgetvalue)
#define PQnfields (*pq_library.PQnfields)
#define PQnparams (*pq_library.PQnparams)
#define PQntuples (*pq_library.PQntuples)
#define PQparameterStatus (*pq_library.PQparameterStatus)
#define PQparamtype (*pq_library.PQparamtype)
#define PQpipelineStatus (*pq_library.PQpipelineStatus)
#define PQpipelineSync (*pq_library.PQpipelineSync)
#define PQputCopyData (*pq_library.PQputCopyData)
#define PQputCopyEnd (*pq_library.PQputCopyEnd)
#define PQresultErrorField (*pq_library.PQresultErrorField)
#define PQresultStatus (*pq_library.PQresultStatus)
#define PQsendDescribePrepared (*pq_library.PQsendDescribePrepared)
#define PQsendPrepare (*pq_library.PQsendPrepare)
#define PQsendQueryParams (*pq_library.PQsendQueryParams)
#define PQsendQueryPrepared (*pq_library.PQsendQueryPrepared)
#define PQserverVersion (*pq_library.PQserverVersion)
#define PQsetErrorVerbosity (*pq_library.PQsetErrorVerbosity)
#define PQsetNoticeReceiver (*pq_library.PQsetNoticeReceiver)
#define PQsocket (*pq_library.PQsocket)
#define PQstatus (*pq_library.PQstatus)
#define PQconsumeInput (*pq_library.PQconsumeInput)
#define PQisBusy (*pq_library.PQisBusy)
#define PQuser (*pq_library.PQuser)

#endif
