/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfFamilyMark is the mark that a run has in the figures, beside its name in a list.
 */
#pragma once

#include <gtk/gtk.h>
#include "../plot/bf-style.h"

G_BEGIN_DECLS

#define BF_TYPE_FAMILY_MARK (bf_family_mark_get_type ())
G_DECLARE_FINAL_TYPE (BfFamilyMark, bf_family_mark, BF, FAMILY_MARK, GtkDrawingArea)

GtkWidget *bf_family_mark_new (void);
/* hollow: not the first one of its family. */
void       bf_family_mark_set (BfFamilyMark *self, BfFamily family, gboolean hollow);

G_END_DECLS
