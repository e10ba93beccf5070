/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfDiffTable lists what differs between two experiments: what, in the one, in the other.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_DIFF_TABLE (bf_diff_table_get_type ())
G_DECLARE_FINAL_TYPE (BfDiffTable, bf_diff_table, BF, DIFF_TABLE, GtkBox)

void  bf_diff_table_set_runs   (BfDiffTable *self, const BfSessionRun *a, const BfSessionRun *b);
guint bf_diff_table_get_n_rows (BfDiffTable *self);

G_END_DECLS
