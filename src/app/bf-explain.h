/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfExplain is what stands behind a finding: the exact factors of a layer, which multiply to what is
 * measured, with what theory expects of each; what each remedy is expected to do, and what it did; and
 * from where on it counts.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session-diagnosis.h"

G_BEGIN_DECLS

#define BF_TYPE_EXPLAIN (bf_explain_get_type ())
G_DECLARE_FINAL_TYPE (BfExplain, bf_explain, BF, EXPLAIN, GtkPopover)

void bf_explain_set_session (BfExplain *self, BfSession *session, BfSessionDiagnosis *diagnosis);
/* Gives the focus to the row of a remedy (its id), where there is one. */
void bf_explain_point_at    (BfExplain *self, const char *remedy);

G_END_DECLS
