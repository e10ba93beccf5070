/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One remedy: a switch, and below, when opened, what it does, its formula, parameters, cost and
 * paper. Made from the remedy's descriptor alone.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-remedy.h"
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_REMEDY_ROW (bf_remedy_row_get_type ())
G_DECLARE_FINAL_TYPE (BfRemedyRow, bf_remedy_row, BF, REMEDY_ROW, GtkListBoxRow)

GtkWidget  *bf_remedy_row_new          (const BfRemedy *remedy);
void        bf_remedy_row_set_session  (BfRemedyRow *self, BfSession *session);
const char *bf_remedy_row_get_id       (BfRemedyRow *self);
void        bf_remedy_row_set_expanded (BfRemedyRow *self, gboolean expanded);
gboolean    bf_remedy_row_get_expanded (BfRemedyRow *self);
/* A dot while the diagnosis suggests it. */
void        bf_remedy_row_set_suggested (BfRemedyRow *self, gboolean suggested);
/* What the session's runs say of it: looks at them again. */
void        bf_remedy_row_update_results (BfRemedyRow *self);

G_END_DECLS
