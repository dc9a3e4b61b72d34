/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * frame.h: what stands around every page besides what the server itself knows (http/frame.c): subbrand, navigation by
 * rights, languages, looks. Templates find it under "frame":
 *
 *   frame.language    "de", "en"                  frame.theme    "light", "dark"; none: as the device has it
 *   frame.portal      yes for contacts            frame.home     path of the start page
 *   frame.search      yes: the reader may search
 *   frame.brand       map: name, claim, style (address of the style sheet with its colours), logo (address),
 *                     logo_width, logo_height; other_name instead of a name while there is none
 *   frame.account     map: name, letters ("MK"), role (a word)
 *   frame.nav         list of areas: path, label (a word), current, thumb (at hand on phones); frame.more: some are not
 *   frame.account_nav the same for what stands in the account's menu
 *   frame.languages   list: code, short ("DE"), name, current
 *   frame.themes      list: code, label, current
 *   title             of the area: the title of pages whose model has none
 */
#ifndef TREUE_WEB_FRAME_H
#define TREUE_WEB_FRAME_H

#include "http/request.h"
#include "render/value.h"

#define THEME_COOKIE "treue_theme"       /* as http/frame.c and http/service.c read them */
#define LANGUAGE_COOKIE "treue_language"

void frame_add(struct request *request, struct model *frame); /* site.add_to_frame */

#endif
