/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A GtkDropDown whose choices are the kinds of a table, small enough for a form row. It is a plain
 * GtkDropDown, so that templates and tests need no type of their own.
 */
#pragma once

#include <gtk/gtk.h>
#include "../engine/bf-kind.h"

G_BEGIN_DECLS

/* none: NULL, or the word of a first choice that stands for no kind. */
GtkWidget    *bf_kind_drop_down_new      (BfTable table, const char *none);
/* Fills one that a template made. */
void          bf_kind_drop_down_fill     (GtkDropDown *self, BfTable table, const char *none);
const BfKind *bf_kind_drop_down_get_kind (GtkDropDown *self);      /* NULL: none */
void          bf_kind_drop_down_set_kind (GtkDropDown *self, const BfKind *kind);

/* A drop-down of words, looking alike. words: NULL-ended. */
GtkWidget    *bf_word_drop_down_new      (const char *const *words);

/* Gives one that a template made these looks: the button's label gives way, those of the list do not. */
void          bf_drop_down_style         (GtkDropDown *self);

/* What assistive technology calls a drop-down of strings: its name and what is chosen. */
void          bf_drop_down_set_name      (GtkDropDown *self, const char *name);

G_END_DECLS
