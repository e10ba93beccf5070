/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-training-settings.h"

#include <glib/gi18n-lib.h>

#include "bf-kind-drop-down.h"
#include "bf-kind-row.h"
#include "bf-number-spin.h"
#include "bf-options-form.h"
#include "bf-remedy-badge.h"

#define LARGEST_SEED 9007199254740991.0   /* 2^53 − 1: what JSON carries exactly */

struct _BfTrainingSettings
{
  GtkBox parent_instance;

  GtkListBox *list;
  BfKindRow *data_row;
  BfKindRow *loss_row;
  BfKindRow *optimizer_row;
  GtkSpinButton *learning_rate;
  GtkWidget *learning_rate_remedy;
  GtkWidget *batch_remedy;
  GtkWidget *epochs_remedy;
  GtkSpinButton *batch;
  GtkWidget *batch_restarts;
  GtkSpinButton *epochs;
  GtkSpinButton *seed;
  GtkDropDown *scaling;
  GtkSpinButton *validation_share;

  BfSession *session;   /* owned */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BfTrainingSettings, bf_training_settings, GTK_TYPE_BOX)

/* The edit that a user's change begins, or NULL when the change came from the spec itself. */
static BfSpec *
begin_edit (BfTrainingSettings *self)
{
  if (self->updating || self->session == NULL)
    return NULL;
  return bf_experiment_copy_spec (bf_session_get_experiment (self->session));
}

static void
end_edit (BfTrainingSettings *self,
          BfSpec             *spec,
          const char         *label,
          const char         *merge)
{
  bf_experiment_edit (bf_session_get_experiment (self->session), spec, label, merge);
}

static void
replace_options (BfOptions **options,
                 BfKindRow  *row)
{
  bf_options_free (*options);
  *options = bf_options_copy (bf_kind_row_get_options (row));
}

static void
on_kind_changed (BfKindRow          *row,
                 const char         *name,
                 BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);
  g_autofree char *merge = g_strdup_printf ("training-%s", name);

  if (spec == NULL)
    return;
  if (row == self->data_row)
    replace_options (&spec->data, row);
  else if (row == self->loss_row)
    replace_options (&spec->loss, row);
  else
    replace_options (&spec->optimizer, row);
  end_edit (self, spec, name, merge);
}

static void
on_learning_rate_changed (GtkSpinButton      *spin,
                          BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);

  if (spec == NULL)
    return;
  spec->learning_rate = gtk_spin_button_get_value (spin);
  end_edit (self, spec, _("Learning Rate"), "learning-rate");
}

static void
on_batch_changed (GtkSpinButton      *spin,
                  BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);

  if (spec == NULL)
    return;
  spec->batch = gtk_spin_button_get_value_as_int (spin);
  end_edit (self, spec, _("Batch"), "batch");
}

static void
on_epochs_changed (GtkSpinButton      *spin,
                   BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);

  if (spec == NULL)
    return;
  spec->epochs = gtk_spin_button_get_value_as_int (spin);
  end_edit (self, spec, _("Epochs"), "epochs");
}

static void
on_seed_changed (GtkSpinButton      *spin,
                 BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);

  if (spec == NULL)
    return;
  spec->seed = (guint64) gtk_spin_button_get_value (spin);
  end_edit (self, spec, _("Seed"), "seed");
}

static void
on_new_seed (GtkButton          *button,
             BfTrainingSettings *self)
{
  gtk_spin_button_set_value (self->seed, g_random_int_range (1, 10000));
}

static void
on_scaling_changed (GtkDropDown        *drop_down,
                    GParamSpec         *pspec,
                    BfTrainingSettings *self)
{
  const BfKind *kind = bf_kind_drop_down_get_kind (drop_down);
  BfSpec *spec = kind ? begin_edit (self) : NULL;

  if (spec == NULL)
    return;
  spec->scaling = kind;
  end_edit (self, spec, _("Input Scaling"), NULL);
}

static void
on_validation_share_changed (GtkSpinButton      *spin,
                             BfTrainingSettings *self)
{
  BfSpec *spec = begin_edit (self);

  if (spec == NULL)
    return;
  spec->validation_share = gtk_spin_button_get_value (spin);
  end_edit (self, spec, _("Validation Share"), "validation-share");
}

static void
on_row_activated (GtkListBox         *list,
                  GtkListBoxRow      *row,
                  BfTrainingSettings *self)
{
  if (BF_IS_KIND_ROW (row))
    bf_kind_row_toggle (BF_KIND_ROW (row));
}

static gboolean
same_data (const BfSpec *a, const BfSpec *b)
{
  return bf_options_equal (a->data, b->data);
}

static gboolean
same_loss (const BfSpec *a, const BfSpec *b)
{
  return bf_options_equal (a->loss, b->loss);
}

static gboolean
same_optimizer (const BfSpec *a, const BfSpec *b)
{
  return bf_options_equal (a->optimizer, b->optimizer);
}

static gboolean
same_rate (const BfSpec *a, const BfSpec *b)
{
  return a->learning_rate == b->learning_rate;
}

static gboolean
same_batch (const BfSpec *a, const BfSpec *b)
{
  return a->batch == b->batch;
}

static gboolean
same_epochs (const BfSpec *a, const BfSpec *b)
{
  return a->epochs == b->epochs;
}

/* What a remedy decides shows its value, dimmed, with the remedy's name. */
static void
show_winners (BfTrainingSettings *self)
{
  BfSpec *base = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  const struct { BfKindRow *row; BfSpecSameFunc same; } kinds[] = {
    { self->data_row, same_data }, { self->loss_row, same_loss }, { self->optimizer_row, same_optimizer },
  };
  const struct { GtkSpinButton *spin; GtkWidget *badge; BfSpecSameFunc same; } numbers[] = {
    { self->learning_rate, self->learning_rate_remedy, same_rate },
    { self->batch, self->batch_remedy, same_batch },
    { self->epochs, self->epochs_remedy, same_epochs },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    bf_kind_row_set_remedy (kinds[i].row, bf_remedy_find_winner (base, kinds[i].same));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const BfRemedy *winner = bf_remedy_find_winner (base, numbers[i].same);

      bf_remedy_badge_set (numbers[i].badge, winner);
      gtk_widget_set_sensitive (GTK_WIDGET (numbers[i].spin), winner == NULL);
    }
}

static void
on_spec_changed (BfTrainingSettings *self)
{
  const BfSpec *spec = bf_experiment_get_effective (bf_session_get_experiment (self->session));

  self->updating = TRUE;
  bf_kind_row_set_options (self->data_row, spec->data);
  bf_kind_row_set_options (self->loss_row, spec->loss);
  bf_kind_row_set_options (self->optimizer_row, spec->optimizer);
  bf_number_spin_set (self->learning_rate, spec->learning_rate);
  bf_number_spin_set (self->batch, spec->batch);
  bf_number_spin_set (self->epochs, spec->epochs);
  bf_number_spin_set (self->seed, spec->seed);
  bf_kind_drop_down_set_kind (self->scaling, spec->scaling);
  bf_number_spin_set (self->validation_share, spec->validation_share);
  show_winners (self);
  self->updating = FALSE;
}

/* While a run is training, rows that would start another say so. */
static void
on_updated (BfTrainingSettings *self)
{
  gboolean training = bf_session_get_state (self->session) == BF_RUN_TRAINING;

  bf_kind_row_set_restarts (self->data_row, training);
  bf_kind_row_set_restarts (self->loss_row, training);
  bf_kind_row_set_restarts (self->optimizer_row, training);
  gtk_widget_set_visible (self->batch_restarts, training);
}

static void
bf_training_settings_dispose (GObject *object)
{
  BfTrainingSettings *self = BF_TRAINING_SETTINGS (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_training_settings_parent_class)->dispose (object);
}

static void
bf_training_settings_class_init (BfTrainingSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_training_settings_dispose;
  g_type_ensure (BF_TYPE_KIND_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/training-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, list);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, data_row);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, loss_row);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, optimizer_row);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, learning_rate);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, learning_rate_remedy);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, batch_remedy);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, epochs_remedy);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, batch);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, batch_restarts);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, epochs);
  gtk_widget_class_bind_template_child (widget_class, BfTrainingSettings, seed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_learning_rate_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_batch_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_epochs_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_seed_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_new_seed);
}

/* What every data source has stands below the source's own parameters. */
static void
add_data_rows (BfTrainingSettings *self)
{
  self->scaling = GTK_DROP_DOWN (bf_kind_drop_down_new (bf_scalings, NULL));
  self->validation_share = GTK_SPIN_BUTTON (bf_number_spin_new (0, 0.9, 0.1, FALSE));
  bf_kind_row_add (self->data_row, bf_form_row_new (_("Input Scaling"), GTK_WIDGET (self->scaling)));
  bf_kind_row_add (self->data_row, bf_form_row_new (_("Validation Share"), GTK_WIDGET (self->validation_share)));
  g_signal_connect (self->scaling, "notify::selected", G_CALLBACK (on_scaling_changed), self);
  g_signal_connect (self->validation_share, "value-changed", G_CALLBACK (on_validation_share_changed), self);
}

static void
bf_training_settings_init (BfTrainingSettings *self)
{
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_kind_row_set_table (self->data_row, bf_data_sources);
  bf_kind_row_set_table (self->loss_row, bf_losses);
  bf_kind_row_set_table (self->optimizer_row, bf_optimizers);
  bf_number_spin_prepare (self->learning_rate, 0, 1000, 0.01, FALSE);
  bf_number_spin_prepare (self->batch, 1, 65536, 64, TRUE);
  bf_number_spin_prepare (self->epochs, 1, 1000000, 100, TRUE);
  bf_number_spin_prepare (self->seed, 0, LARGEST_SEED, 42, TRUE);
  add_data_rows (self);
  self->updating = FALSE;
}

void
bf_training_settings_set_session (BfTrainingSettings *self,
                                  BfSession          *session)
{
  g_return_if_fail (BF_IS_TRAINING_SETTINGS (self));

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (g_set_object (&self->session, session) && session)
    {
      g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (on_spec_changed), self);
      g_signal_connect_swapped (session, "updated", G_CALLBACK (on_updated), self);
      g_signal_connect_swapped (session, "run-changed", G_CALLBACK (on_updated), self);
      on_spec_changed (self);
      on_updated (self);
    }
}
