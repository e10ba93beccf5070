/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What an exported figure may be: the lists of the export dialog and, for what it begins with, of
 * the preferences. Each choice has an id, which the settings keep.
 */
#pragma once

#include <gtk/gtk.h>

#include "../plot/bf-export.h"

G_BEGIN_DECLS

typedef enum { BF_CHOICE_FORMAT, BF_CHOICE_SIZE, BF_CHOICE_STYLE } BfFigureChoice;

/* Names of a list, translated; transfer full. */
GtkStringList *bf_figure_choice_list     (BfFigureChoice choice);
/* The place of an id in its list; 0 for one that is not there. */
guint          bf_figure_choice_find     (BfFigureChoice choice, const char *id);
const char    *bf_figure_choice_get_id   (BfFigureChoice choice, guint place);

/* Logical pixels, 96 an inch; 0: the figure's own. */
void           bf_figure_size_get        (guint place, double *width, double *height);

G_END_DECLS
