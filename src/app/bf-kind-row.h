/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A row of settings whose value is a kind of a table: name, drop-down, and, when the row is
 * opened, the kind's own parameters.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-remedy.h"
#include "../engine/bf-kind.h"

G_BEGIN_DECLS

#define BF_TYPE_KIND_ROW (bf_kind_row_get_type ())
G_DECLARE_FINAL_TYPE (BfKindRow, bf_kind_row, BF, KIND_ROW, GtkListBoxRow)

/* Property "title". Signal "changed" (const char *name): by the user; name of the parameter that
 * changed, or the row's title for another kind. */

void             bf_kind_row_set_table   (BfKindRow *self, BfTable table);
void             bf_kind_row_set_options (BfKindRow *self, const BfOptions *options);
const BfOptions *bf_kind_row_get_options (BfKindRow *self);   /* borrowed; never NULL once set */
/* A row that stands below the kind's parameters. */
void             bf_kind_row_add         (BfKindRow *self, GtkWidget *row);
/* Whether to say that a change starts a new run. */
void             bf_kind_row_set_restarts (BfKindRow *self, gboolean restarts);
void             bf_kind_row_toggle      (BfKindRow *self);
/* A remedy that decides it, or NULL: shown dimmed, with the remedy's name. */
void             bf_kind_row_set_remedy   (BfKindRow *self, const BfRemedy *remedy);

G_END_DECLS
