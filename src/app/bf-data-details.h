/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Facts of the data as words and as tables: samples of each class and split, range of each input.
 */
#pragma once

#include <gtk/gtk.h>
#include "../engine/data/bf-data-facts.h"

G_BEGIN_DECLS

/* Rows of name and value in a grid of two columns; takes the place of what is there. */
void bf_data_details_fill_facts  (GtkGrid *grid, const BfDataFacts *facts);
/* Samples by class and split, if there are classes. */
void bf_data_details_fill_classes (GtkGrid *grid, const BfDataFacts *facts);
/* A line an input: range, mean, deviation, as they are and as scaled; the first 200. */
void bf_data_details_fill_inputs (GtkGrid *grid, const BfDataFacts *facts);

G_END_DECLS
