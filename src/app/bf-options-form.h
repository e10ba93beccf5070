/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A form made from a kind's table of parameters: a row each, its control by the parameter's type;
 * a choice is followed by the parameters of what is chosen. Remedies, layers, optimizers and data
 * sources are all edited by it, so a new parameter needs no widget.
 */
#pragma once

#include <gtk/gtk.h>
#include "../engine/bf-spec.h"

G_BEGIN_DECLS

#define BF_TYPE_OPTIONS_FORM (bf_options_form_get_type ())
G_DECLARE_FINAL_TYPE (BfOptionsForm, bf_options_form, BF, OPTIONS_FORM, GtkBox)

/* Signal "changed" (const char *name): the user set the parameter of that translated name; the
 * new values stand in bf_options_form_get_options(). Never emitted by set_options(). */

GtkWidget       *bf_options_form_new         (void);
/* Shows a copy of options; rows that fit stay, with their focus. NULL empties it. */
void             bf_options_form_set_options (BfOptionsForm *self, const BfOptions *options);
const BfOptions *bf_options_form_get_options (BfOptionsForm *self);   /* borrowed */
gboolean         bf_options_form_is_empty    (BfOptionsForm *self);   /* no parameters */

/* What a parameter of type layer may name. Before set_options(). names: NULL-ended. */
void             bf_options_form_set_layers  (BfOptionsForm *self, const guint32 *ids, const char *const *names);

/* A row like the form's own, for what is no parameter: a label, and a control at the end of it. */
GtkWidget       *bf_form_row_new             (const char *name, GtkWidget *control);

G_END_DECLS
