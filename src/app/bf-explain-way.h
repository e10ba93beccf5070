/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The boxes of Explain: the factors of a layer on the gradient's way back.
 */
#pragma once

#include <gtk/gtk.h>
#include "../engine/bf-snapshot.h"
#include "../engine/bf-theory.h"

G_BEGIN_DECLS

/* Fills both rows with boxes: a layer's factors to the whole way, and what the gradient of the weights has
 * more. theory: NULL where it is silent. FALSE (and nothing shown) when the way was not measured. n_factors:
 * how many parts a layer has. */
gboolean bf_explain_fill_way (GtkBox *factors, GtkBox *weights, const BfColumn *column, const BfPlan *plan,
                              const BfTheory *theory, guint *n_factors);

/* "6 layers". Transfer full. */
char *bf_explain_count_layers (guint n);

void bf_explain_empty (GtkWidget *container);

G_END_DECLS
