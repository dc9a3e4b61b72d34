/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * synonyms.c: the table of column names, as SAP, DATEV, Dynamics NAV and Business Central, Sage, Odoo and Shopify
 * exports call them, and as people do.
 */
#include "importer/synonyms.h"

#include "base/buffer.h"

/* References to a customer are called the same in every kind but that of the customers themselves. */
#define CUSTOMER_NUMBERS \
        "kundennummer kundennr kundenno kundeno kundenid kdnr kdnummer kundnr kundencode customerno " \
        "customernumber customernr customerid custno custid custnum customercode customerref clientno " \
        "clientnumber kunnr kunag debitorennr debitorennummer debitornr debitornummer debitorno debitorenkonto " \
        "debitorenkontonummer debitorenno selltocustomerno sellto selltono verkandebnr verkanddebnr " \
        "verkaufandebnr soldtoparty soldto soldtono auftraggeber partnerref partnerreference partneridref " \
        "partneridreference accountref accountreference customeraccount partnerreferenz invoicepartnerref " \
        "partnerinternalreference customerreference kundenreferenz adressnr adressnummer accountnumber " \
        "accountno"
#define CUSTOMER_OTHERS \
        "billtocustomerno billto rechnungsempfaengernr rechnandebnr rechnunganddebnr kunrg payer regulierer " \
        "sourceno gegenkonto"
#define CUSTOMER_WORDS "kunde customer client debitor debtor account konto partner partnerid abnehmer auftraggebername"
#define CUSTOMER_EMAILS "email emailadresse emaildeskunden kundenemailadresse customeremail kundenemail mail"
#define CUSTOMER_NAMES \
        "kundenname customername name1 firma firmenname company companyname billingcompany billingname " \
        "partnername partneriddisplayname selltocustomername clientname debitorname debitorenname " \
        "kundenbezeichnung"
#define REFERENCES(kind)                                                                                              \
        {kind, "customer", 9, false, CUSTOMER_NUMBERS}, {kind, "customer", 8, false, CUSTOMER_OTHERS},                 \
        {kind, "customer", 6, false, CUSTOMER_WORDS}, {kind, "customer", 2, false, CUSTOMER_NAMES}

#define ARTICLE_NUMBERS \
        "variantensku skudervariante skuderproduktvariante variantid produktinternereferenz productvariantsku " \
        "artikelnummer artikelnr artikelno artnr artno artikelcode artikelid itemno itemnumber itemnr itemcode " \
        "itemid sku lineitemsku stockcode matnr materialnummer materialnr material materialnumber productid " \
        "productcode productno productnumber productsku produktnummer produktnr produktcode internalreference " \
        "internereferenz defaultcode productinternalreference productiddefaultcode " \
        "invoicelinesproductinternalreference invoicelineidsproductiddefaultcode orderlineproductiddefaultcode " \
        "teilenummer teilenr partno partnumber sachnummer variantsku"
#define GROUP_CODES \
        "produktproduktkategorie productproductcategory warengruppe warengruppennr warengruppennummer " \
        "warengruppencode warengrp wgr wg wgnr artikelgruppe artikelgruppennr produktgruppe produktgruppencode " \
        "matkl materialgroup itemcategorycode itemcategory itemgroup artikelkategoriencode " \
        "artikelkategoriecode productgroup productgroupcode productcategory productcateg productidcategid " \
        "produktkategorie stockgroup hauptwarengruppe"
#define GROUP_NAMES \
        "warengruppenbezeichnung warengruppenname warengruppebezeichnung warengruppentext groupname " \
        "categoryname wgbez wgbezeichnung productgroupname artikelgruppenbezeichnung groupdescription"
#define ARTICLE_NAMES \
        "bezeichnung produkttitel producttitle artikelbezeichnung artikelname beschreibung artikelbeschreibung " \
        "description itemdescription productname productdescription lineitemname artikeltext arktx maktx " \
        "kurztext materialkurztext produktname itemname bezeichnung1 invoicelinesdescription"
#define UNIT_COSTS \
        "unitcost unitcostlcy einstandspreis einstandspreismw einkaufspreis ekpreis ek standardpreis " \
        "standardkosten verpr stprs costprice costperitem standardcost standardprice lastdirectcost " \
        "durchschnittspreis"
#define DATES "datum date tag day"
#define VALID_FROMS "gueltigab gueltigvon validfrom ab von from stichtag stand startdatum startdate begin beginn"
#define VALID_TOS "gueltigbis validto validuntil bis to enddatum enddate ablauf ablaufdatum expires expirydate"
#define NOTES "bemerkung bemerkungen notiz notizen kommentar note notes comment comments remark anmerkung text"
#define EMAILS "email emailadresse mail emailaddress smtpaddr"
#define PHONES "telefon telefonnummer telefonnr tel phone phoneno phonenumber telephone telf1 telefon1"
#define LANGUAGES "sprache language languagecode spras sprachcode lang locale"

const struct synonym synonyms[] = {
        REFERENCES(IMPORT_PURCHASES),
        {IMPORT_PURCHASES, "customer", 4, false, CUSTOMER_EMAILS},
        {IMPORT_PURCHASES, "document", 9, false,
         "rechnungsnummer rechnungsnr rechnungno rechnungsno rechnung rgnr rgnummer renr renummer rechnr invoiceno "
         "invoicenumber invoicenr invoiceid invoice vbeln fakturanummer fakturanr faktura billingdocumentno "
         "billingdocument billingdoc billdoc invoicename movename moveidname"},
        {IMPORT_PURCHASES, "document", 8, false,
         "belegnummer belegnr belegno beleg documentno documentnumber documentnr docno docnumber belegfeld1 "
         "dokumentnummer dokumentnr voucherno vouchernumber"},
        {IMPORT_PURCHASES, "document", 7, true, "number nummer nr vorgangsnummer vorgangsnr transactionid receiptno"},
        {IMPORT_PURCHASES, "document", 5, false,
         "bestellname bestellungsname ordernumber orderno ordernr orderid order ordername auftragsnummer "
         "auftragsnr auftrag bestellnummer bestellnr bestellung salesorder salesorderno aubel orderreference"},
        {IMPORT_PURCHASES, "document", 4, true, "name reference referenz"},
        {IMPORT_PURCHASES, "document", 2, false, "lieferscheinnummer lieferscheinnr shipmentno deliveryno vgbel"},
        {IMPORT_PURCHASES, "date", 9, false,
         "invoicebilldate rechnungsdatum rechnungdatum redatum rgdatum rechdatum invoicedate invoicebillingdate "
         "fkdat fakturadatum billingdate datefacture invoicedatebilldate"},
        {IMPORT_PURCHASES, "date", 8, false, "belegdatum belegdat documentdate docdate bldat dokumentdatum"},
        {IMPORT_PURCHASES, "date", 7, false, DATES},
        {IMPORT_PURCHASES, "date", 6, false, "buchungsdatum buchungstag postingdate budat accountingdate"},
        {IMPORT_PURCHASES, "date", 5, false,
         "createdat created erstelltam erstellt auftragsdatum orderdate bestelldatum erdat createdon dateorder"},
        {IMPORT_PURCHASES, "date", 3, false,
         "leistungsdatum lieferdatum liefertermin deliverydate shipmentdate shippingdate shippedat versanddatum "
         "paidat duedate"},
        {IMPORT_PURCHASES, "article", 9, false, ARTICLE_NUMBERS},
        {IMPORT_PURCHASES, "article", 8, true, "no nr"},
        {IMPORT_PURCHASES, "article", 6, false, "artikel item product produkt ware invoicelinesproduct productidname"},
        {IMPORT_PURCHASES, "article", 5, false, "ean gtin barcode ean13 eancode"},
        {IMPORT_PURCHASES, "article", 2, false, ARTICLE_NAMES},
        {IMPORT_PURCHASES, "amount", 9, false,
         "nettoverkaeufe nettobetrag betragnetto netto nettowert netwr nettoumsatz umsatznetto gesamtnetto "
         "nettogesamt nettosumme summenetto positionsnetto positionnetto netto1 zeilenbetragnetto gesamtpreisnetto "
         "positionsbetragnetto netamount amountnet net netvalue nettotal netsales netrevenue lineamountexclvat "
         "lineamountexcludingvat amountexclvat amountexcludingvat pricesubtotal linesubtotal amountuntaxed "
         "betragohnemwst betragexklmwst zeilenbetragohnemwst zeilenbetragexklmwst untaxedamount nettoerloes "
         "invoicelinessubtotal invoicelinespricesubtotal"},
        {IMPORT_PURCHASES, "amount", 8, false,
         "lineamount zeilenbetrag positionsbetrag positionswert linetotal lineamountlcy subtotal zwischensumme "
         "poswert"},
        {IMPORT_PURCHASES, "amount", 6, false,
         "umsatz warenwert erloes revenue sales turnover gesamtpreis salesamount salesamountactual rechnungswert "
         "extendedprice umsatzmw invoicedamount"},
        {IMPORT_PURCHASES, "amount", 5, false, "betrag amount betrageur amountlcy betragmw"},
        {IMPORT_PURCHASES, "amount", 3, false, "wert value gesamt summe total gesamtbetrag totalamount"},
        {IMPORT_PURCHASES, "quantity", 9, false,
         "menge quantity qty billedquantity billedqty invoicedqty nettomenge netquantity fkimg lineitemquantity "
         "fakturiertemenge invoicedquantity quantityinvoiced rechnungsmenge invoicelinesquantity "
         "orderlineproductuomqty"},
        {IMPORT_PURCHASES, "quantity", 8, false, "anzahl stueckzahl stueck stk pieces units count"},
        {IMPORT_PURCHASES, "quantity", 5, false,
         "liefermenge lfimg deliveredquantity shippedquantity auftragsmenge kwmeng"},
        {IMPORT_PURCHASES, "unit_price", 9, false,
         "einzelpreis einzelpreisnetto epreis ep stueckpreis unitprice unitpricelcy priceunit unitpriceexclvat "
         "unitpriceexcludingvat vkpreis vkpreisnetto verkaufspreis verkaufspreisnetto lineitemprice "
         "nettoeinzelpreis preisproeinheit preisprostueck pricelist invoicelinesunitprice"},
        {IMPORT_PURCHASES, "unit_price", 8, false, "netpr nettopreis preisnetto netprice"},
        {IMPORT_PURCHASES, "unit_price", 6, false, "preis price vk"},
        {IMPORT_PURCHASES, "cost", 9, false,
         "wareneinsatz wareneinsatzwert einstandswert wavwr costamount costamountactual costamountlcy linecost "
         "totalcost gesamtkosten einkaufswert ekwert einstandsbetrag materialkosten lagerwert costofsales "
         "costofgoodssold cogs"},
        {IMPORT_PURCHASES, "cost", 6, false, "selbstkosten einstand kosten cost costs"},
        {IMPORT_PURCHASES, "product_group", 9, false, GROUP_CODES},
        {IMPORT_PURCHASES, "product_group", 6, false,
         "kategorie category sortiment prodh producthierarchy producttype"},
        {IMPORT_PURCHASES, "product_group", 3, false, GROUP_NAMES},
        {IMPORT_PURCHASES, "description", 9, false, ARTICLE_NAMES},
        {IMPORT_PURCHASES, "description", 5, false, "text positionstext label lineitemtitle"},
        {IMPORT_PURCHASES, "digital", 9, false,
         "digital onlinebestellung webshop online isonline webshopauftrag digitalorder onlineorder weborder"},
        {IMPORT_PURCHASES, ROLE_GROSS, 9, false,
         "brutto bruttobetrag betragbrutto bruttowert bruttoumsatz umsatzbrutto gesamtbrutto bruttosumme "
         "summebrutto gesamtpreisbrutto grossamount amountgross gross grossvalue amountinclvat amountincludingvat "
         "lineamountinclvat lineamountincludingvat pricetotal totalinclvat amounttotal bruttopreis "
         "einzelpreisbrutto preisbrutto umsatzohnesollhabenkz betraginklmwst zeilenbetraginklmwst endbetrag "
         "rechnungsbetrag unitpriceinclvat"},
        {IMPORT_PURCHASES, ROLE_UNIT_COST, 9, false, UNIT_COSTS},
        {IMPORT_PURCHASES, ROLE_TYPE, 9, false,
         "belegart belegtyp dokumentart dokumenttyp dokumentenart documenttype doctype fkart fakturaart "
         "billingtype vorgangsart vorgangstyp transaktionsart transactiontype transtype movetype invoicetype "
         "rechnungsart type typ art sollhaben sollhabenkennzeichen debitcredit storno stornokennzeichen gutschrift "
         "kennzeichen vbtyp"},
        {IMPORT_PURCHASES, ROLE_DISCOUNT, 9, false,
         "rabatt rabattbetrag rabattprozent zeilenrabatt zeilenrabattbetrag zeilenrabattprozent discount "
         "discountamount discountpercent linediscount linediscountamount linediscountpercent lineitemdiscount "
         "nachlass positionsrabatt"},
        {IMPORT_PURCHASES, ROLE_CURRENCY, 9, false,
         "waehrung waehrungscode waehrungskennzeichen waehrg currency currencycode waerk waers wkz wkzumsatz "
         "currencyid curr"},

        {IMPORT_CUSTOMERS, "number", 9, false, CUSTOMER_NUMBERS},
        {IMPORT_CUSTOMERS, "number", 7, false, CUSTOMER_WORDS " number nummer no nr id ref reference internereferenz"
                                               "internalreference"},
        {IMPORT_CUSTOMERS, "number", 3, false, EMAILS},
        {IMPORT_CUSTOMERS, "name", 9, false, CUSTOMER_NAMES},
        {IMPORT_CUSTOMERS, "name", 8, false, "name bezeichnung displayname anzeigename firma1 kurzname2"},
        {IMPORT_CUSTOMERS, "name", 4, false, "suchbegriff searchname kurzname matchcode sortl"},
        {IMPORT_CUSTOMERS, "kind", 9, false, "kundenart kundentyp customertype status kind art"},
        {IMPORT_CUSTOMERS, "since", 9, false, "kundeseit customersince since seit ersterkauf"},
        {IMPORT_CUSTOMERS, "since", 6, false,
         "anlagedatum angelegtam anlage erdat erstelltam erstellt createdat created createdon neuanlage"},
        {IMPORT_CUSTOMERS, "joined", 9, false, "mitgliedseit partnerseit joined beitritt beitrittsdatum membersince"},
        {IMPORT_CUSTOMERS, "trade", 9, false, "branche branchenname gewerk trade industry brsch branchencode sector"},
        {IMPORT_CUSTOMERS, "size_class", 9, false, "groessenklasse groesse sizeclass size betriebsgroesse companysize"},
        {IMPORT_CUSTOMERS, "employees", 9, false,
         "mitarbeiter mitarbeiterzahl mitarbeiteranzahl anzahlmitarbeiter beschaeftigte employees noofemployees "
         "employeecount headcount"},
        {IMPORT_CUSTOMERS, "region", 9, false, "region bundesland state regio county province statename kanton"},
        {IMPORT_CUSTOMERS, "territory", 9, false,
         "gebiet verkaufsgebiet vertriebsgebiet gebietscode territory territorycode salesterritory bzirk bezirk"},
        {IMPORT_CUSTOMERS, "street", 9, false,
         "strasse strassehausnr strassehausnummer strasseundhausnummer strassenr street streetaddress stras "
         "adresse address address1 adresse1 billingaddress1 anschrift strasse1"},
        {IMPORT_CUSTOMERS, "postcode", 9, false, "plz postleitzahl postcode postalcode zip zipcode pstlz plzcode"},
        {IMPORT_CUSTOMERS, "city", 9, false, "ort stadt city town ort01 wohnort billingcity"},
        {IMPORT_CUSTOMERS, "country", 9, false,
         "land land1 laendercode laenderkennzeichen lkz country countrycode countryregioncode countryname "
         "billingcountry"},
        {IMPORT_CUSTOMERS, "email", 9, false, EMAILS},
        {IMPORT_CUSTOMERS, "phone", 9, false, PHONES},
        {IMPORT_CUSTOMERS, "phone", 5, false, "mobil mobile mobiltelefon handy mobilephoneno"},
        {IMPORT_CUSTOMERS, "language", 9, false, LANGUAGES},
        {IMPORT_CUSTOMERS, "account_group", 9, false,
         "konzern konzernnr unternehmensgruppe accountgroup verband verbund einkaufsverband konzernkennung kukla"},
        {IMPORT_CUSTOMERS, "site_of", 9, false,
         "hauptsitz zentrale hauptkunde hauptkundennr siteof headoffice parentcustomer parentcustomerno stammkunde"},
        {IMPORT_CUSTOMERS, "suspended_from", 9, false, "gesperrtab gesperrtseit suspendedfrom blockedfrom sperrbeginn"},
        {IMPORT_CUSTOMERS, "suspended_to", 9, false, "gesperrtbis suspendedto blockeduntil sperrende"},
        {IMPORT_CUSTOMERS, "attribute:vat_number", 9, false,
         "ustid ustidnr ustidnummer umsatzsteuerid umsatzsteueridentifikationsnummer uid vatregistrationno vatid "
         "vatnumber vatno taxid stceg eulandundustid vat"},

        {IMPORT_PRODUCTS, "article", 9, false, ARTICLE_NUMBERS},
        {IMPORT_PRODUCTS, "article", 7, false, "number nummer no nr id artikel item product code"},
        {IMPORT_PRODUCTS, "article", 4, false, "ean gtin barcode"},
        {IMPORT_PRODUCTS, "name", 9, false, ARTICLE_NAMES},
        {IMPORT_PRODUCTS, "name", 8, false, "name title titel text"},
        {IMPORT_PRODUCTS, "product_group", 9, false, GROUP_CODES},
        {IMPORT_PRODUCTS, "product_group", 6, false, "kategorie category gruppe group categid type producttype"},
        {IMPORT_PRODUCTS, "group_name", 9, false, GROUP_NAMES},
        {IMPORT_PRODUCTS, "cost", 9, false, UNIT_COSTS},
        {IMPORT_PRODUCTS, "cost", 6, false, "cost kosten einstand selbstkosten"},

        REFERENCES(IMPORT_POTENTIALS),
        {IMPORT_POTENTIALS, "amount", 9, false,
         "potenzial potential jahrespotenzial jahrespotential einkaufsvolumen jahresbedarf bedarf purchasingvolume "
         "potenzialeur yearlypotential annualpotential"},
        {IMPORT_POTENTIALS, "amount", 6, false, "betrag amount volumen volume wert value schaetzung estimate"},
        {IMPORT_POTENTIALS, "valid_from", 9, false, VALID_FROMS},
        {IMPORT_POTENTIALS, "valid_from", 6, false, DATES " erhebungsdatum"},
        {IMPORT_POTENTIALS, "valid_to", 9, false, VALID_TOS},
        {IMPORT_POTENTIALS, "product_group", 9, false, GROUP_CODES},
        {IMPORT_POTENTIALS, "product_group", 6, false, "kategorie category"},
        {IMPORT_POTENTIALS, "method", 9, false, "methode method ermittlung erhebungsart"},
        {IMPORT_POTENTIALS, "note", 9, false, NOTES},

        REFERENCES(IMPORT_VALUES),
        {IMPORT_VALUES, "name", 9, false, "kennzahl kpi figure metric name bezeichnung kennzahlname"},
        {IMPORT_VALUES, "amount", 9, false, "wert value betrag amount punkte score"},
        {IMPORT_VALUES, "valid_from", 9, false, VALID_FROMS},
        {IMPORT_VALUES, "valid_from", 6, false, DATES},
        {IMPORT_VALUES, "valid_to", 9, false, VALID_TOS},

        REFERENCES(IMPORT_CONTACTS),
        {IMPORT_CONTACTS, "name", 9, false,
         "ansprechpartner ansprechpartnername kontakt kontaktname contact contactname contactperson fullname "
         "person vollername name vorundnachname"},
        {IMPORT_CONTACTS, "name", 5, false, "nachname lastname surname"},
        {IMPORT_CONTACTS, "person", 9, false,
         "personennummer personennr personenkennung ansprechpartnernr ansprechpartnernummer contactno contactid "
         "contactnumber kontaktnr kontaktnummer kontaktid parnr personid personkey personno"},
        {IMPORT_CONTACTS, "email", 9, false, EMAILS},
        {IMPORT_CONTACTS, "phone", 9, false, PHONES " durchwahl"},
        {IMPORT_CONTACTS, "phone", 5, false, "mobil mobile mobiltelefon handy mobilephoneno"},
        {IMPORT_CONTACTS, "role", 9, false, "funktion position rolle role jobtitle jobposition abteilung pafkt titel"},
        {IMPORT_CONTACTS, "level", 9, false, "beziehung beziehungsebene relationshiplevel level stufe"},
        {IMPORT_CONTACTS, "language", 9, false, LANGUAGES},

        REFERENCES(IMPORT_CERTIFICATES),
        {IMPORT_CERTIFICATES, "person", 9, false,
         "person personennummer personennr teilnehmer teilnehmername mitarbeiter mitarbeitername participant "
         "attendee employee personid ansprechpartner kontakt contact name"},
        {IMPORT_CERTIFICATES, "qualification", 9, false,
         "qualifikation zertifikat schulung kurs kursname seminar zertifizierung qualification certificate course "
         "training certification"},
        {IMPORT_CERTIFICATES, "valid_from", 9, false, VALID_FROMS " ausgestelltam issuedon issued"},
        {IMPORT_CERTIFICATES, "valid_from", 6, false, DATES " kursdatum schulungsdatum abgeschlossenam completedon"},
        {IMPORT_CERTIFICATES, "valid_to", 9, false, VALID_TOS},
        {IMPORT_CERTIFICATES, "evidence", 9, false,
         "nachweis zertifikatsnummer zertifikatsnr urkunde evidence certificateno certificatenumber"},

        REFERENCES(IMPORT_ACTIVITIES),
        {IMPORT_ACTIVITIES, "kind", 9, false,
         "art aktivitaet aktivitaetsart massnahme kind type typ activity activitytype subject"},
        {IMPORT_ACTIVITIES, "date", 9, false, DATES " aktivitaetsdatum activitydate durchgefuehrtam doneon"},
        {IMPORT_ACTIVITIES, "value", 9, false, "wert value betrag amount"},
        {IMPORT_ACTIVITIES, "note", 9, false, NOTES},
        {IMPORT_ACTIVITIES, "status", 9, false, "status state zustand"},

        REFERENCES(IMPORT_VISITS),
        {IMPORT_VISITS, "date", 9, false, DATES " besuchsdatum besuchtam visitdate visitedon termin"},
        {IMPORT_VISITS, "rep", 9, false,
         "aussendienst aussendienstmitarbeiter adm vertreter verkaeufer verkaeufercode besucher rep salesrep "
         "salesperson salespersoncode mitarbeiter visitor"},
        {IMPORT_VISITS, "kind", 9, false, "art besuchsart kind type typ visittype"},
        {IMPORT_VISITS, "note", 9, false, NOTES " besuchsbericht bericht ergebnis report"},
        {IMPORT_VISITS, "status", 9, false, "status state zustand besuchsstatus visitstatus"},
        {IMPORT_VISITS, "met", 9, false, "gespraechspartner besuchteperson personmet metwith"},
        {IMPORT_VISITS, "topics", 9, false, "themen thema gespraechsthemen besuchsthemen topics topic"},
        {IMPORT_VISITS, "next_step", 9, false, "naechsterschritt naechsteschritte nextstep nextsteps"},

        REFERENCES(IMPORT_RESPONSIBILITIES),
        {IMPORT_RESPONSIBILITIES, "territory", 9, false,
         "gebiet verkaufsgebiet vertriebsgebiet territory bezirk bzirk"},
        {IMPORT_RESPONSIBILITIES, "responsible", 9, false,
         "verantwortlich verantwortlicher zustaendig betreuer kundenbetreuer aussendienst aussendienstmitarbeiter "
         "adm verkaeufer verkaeufercode vertreter mitarbeiter responsible salesrep salesperson salespersoncode rep "
         "owner accountmanager"},
        {IMPORT_RESPONSIBILITIES, "role", 9, false, "rolle role funktion"},
        {IMPORT_RESPONSIBILITIES, "valid_from", 9, false, VALID_FROMS},
        {IMPORT_RESPONSIBILITIES, "valid_from", 6, false, DATES},
        {IMPORT_RESPONSIBILITIES, "valid_to", 9, false, VALID_TOS},

        REFERENCES(IMPORT_CONSENTS),
        {IMPORT_CONSENTS, "person", 9, false,
         "person personennummer personennr personid contactno contactid kontaktnr ansprechpartner kontakt contact "
         "name"},
        {IMPORT_CONSENTS, "channel", 9, false, "kanal channel medium"},
        {IMPORT_CONSENTS, "kind", 9, false, "art kind type typ erklaerung vorgang"},
        {IMPORT_CONSENTS, "time", 9, false, "zeitpunkt zeit zeitstempel datum time timestamp date givenat"},
        {IMPORT_CONSENTS, "origin", 9, false, "herkunft quelle origin source form formular"},
        {IMPORT_CONSENTS, "text", 9, false, "text wortlaut einwilligungstext wording consenttext"},
        {IMPORT_CONSENTS, "language", 9, false, LANGUAGES},
        {IMPORT_CONSENTS, "basis", 9, false, "rechtsgrundlage grundlage basis legalbasis"},
        {IMPORT_CONSENTS, "double_opt_in", 9, false, "doubleoptin doi"},
        {IMPORT_CONSENTS, "confirmed", 9, false, "bestaetigt bestaetigtam confirmed confirmedat"},
};
const size_t synonym_count = sizeof(synonyms) / sizeof(synonyms[0]);

static bool is_letter_or_digit(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
               byte >= 0x80;
}

static bool is_currency_word(const char *word, size_t length)
{
        static const char *const words[] = {"eur", "euro", "chf", "usd", "gbp", "in"};
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
                        return true;
        return false;
}

/* Appends one word of a header, folded. */
static void add_word(struct text word, bool bare, size_t *length, char ret[FOLDED_MAX])
{
        struct buffer folded buffer_cleanup;
        size_t kept = 0, start = *length;
        buffer_init(&folded, 4096);
        text_add_search(&folded, word);
        /* The search form gives an umlaut word twice, spelled out first. */
        for (size_t i = 0; i < folded.length && folded.data[i] != ' '; i++) {
                char byte = folded.data[i];
                if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) || start + kept + 1 >= FOLDED_MAX)
                        continue;
                ret[start + kept++] = byte;
        }
        if (!bare || !is_currency_word(ret + start, kept))
                *length = start + kept;
}

void header_fold(struct text header, bool bare, char ret[FOLDED_MAX])
{
        size_t length = 0;
        unsigned depth = 0;
        for (size_t i = 0; i < header.length;) {
                unsigned char byte = (unsigned char)header.data[i];
                size_t begin = i;
                while (i < header.length && is_letter_or_digit((unsigned char)header.data[i]) &&
                       !(i + 1 < header.length && memcmp(header.data + i, "\xC2\xA0", 2) == 0))
                        i++;
                if (i > begin) {
                        if (!bare || depth == 0)
                                add_word((struct text){header.data + begin, i - begin}, bare, &length, ret);
                        continue;
                }
                depth += byte == '(' || byte == '[';
                depth -= depth > 0 && (byte == ')' || byte == ']');
                i += byte >= 0x80 ? 2 : 1; /* the no-break space */
        }
        ret[length] = '\0';
}

static bool has_name(const char *names, const char *folded)
{
        size_t length = strlen(folded);
        for (const char *at = length ? strstr(names, folded) : NULL; at; at = strstr(at + 1, folded))
                if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
                        return true;
        return false;
}

static unsigned weight_of(enum import_kind kind, const char *field, const char *folded, bool *ret_code)
{
        unsigned best = 0;
        for (size_t i = 0; i < synonym_count; i++) {
                const struct synonym *synonym = &synonyms[i];
                if (synonym->kind != kind || synonym->weight <= best || strcmp(synonym->field, field) != 0 ||
                    !has_name(synonym->names, folded))
                        continue;
                best = synonym->weight;
                *ret_code = synonym->code;
        }
        return best;
}

/* What stands in brackets may be what matters: "Gesamtpreis (brutto)". */
static bool speaks_of_tax(const char *folded)
{
        static const char *const words[] = {"brutto", "gross", "inkl", "incl", "mwst", "vat", "tax", "steuer"};
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strstr(folded, words[i]))
                        return true;
        return false;
}

unsigned synonym_weight(enum import_kind kind, const char *field, struct text header, bool *ret_code)
{
        char folded[FOLDED_MAX], bare[FOLDED_MAX];
        bool code = false;
        header_fold(header, false, folded);
        header_fold(header, true, bare);
        unsigned weight = weight_of(kind, field, folded, &code);
        if (!weight && strcmp(folded, bare) != 0 && (field[0] == '#' || !speaks_of_tax(folded)))
                weight = weight_of(kind, field, bare, &code);
        *ret_code = code;
        return weight;
}

bool is_credit_word(struct text cell)
{
        static const char *const parts[] = {"gutschrift", "storno", "stornierung", "creditnote", "creditmemo", "cancel",
                                            "refund", "retoure", "rueckgabe", "rueckerstattung", "warenruecknahme"};
        static const char *const whole[] = {"return", "returns", "credit", "gs", "gu", "cn", "cm", "g2", "re2", "s1"};
        char folded[FOLDED_MAX];
        header_fold(cell, false, folded);
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                if (strstr(folded, parts[i]))
                        return true;
        for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
                if (strcmp(folded, whole[i]) == 0)
                        return true;
        return false;
}
