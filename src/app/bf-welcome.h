/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfWelcome is the page of a first start: ways to begin, and the ready-made experiments.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BF_TYPE_WELCOME (bf_welcome_get_type ())
G_DECLARE_FINAL_TYPE (BfWelcome, bf_welcome, BF, WELCOME, GtkBox)

/* Signals: "begin" (way): "laboratory", "remedies", "file", or the id of a ready-made experiment. */
GtkWidget *bf_welcome_new            (GMenuModel *menu);
/* The experiment to go back to; NULL: the one to begin with. */
void       bf_welcome_set_experiment (BfWelcome *self, const char *name);

G_END_DECLS
