/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The remedies, one row each in the table's order; rows never move.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session-diagnosis.h"

G_BEGIN_DECLS

#define BF_TYPE_REMEDY_PANE (bf_remedy_pane_get_type ())
G_DECLARE_FINAL_TYPE (BfRemedyPane, bf_remedy_pane, BF, REMEDY_PANE, GtkBox)

void bf_remedy_pane_set_session (BfRemedyPane *self, BfSession *session);
/* Whose suggestions get a dot. */
void bf_remedy_pane_set_diagnosis (BfRemedyPane *self, BfSessionDiagnosis *diagnosis);
/* Opens the remedy's row and gives it the focus. */
void bf_remedy_pane_show        (BfRemedyPane *self, const char *id);

G_END_DECLS
