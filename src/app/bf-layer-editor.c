/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-layer-editor.h"

#include <glib/gi18n-lib.h>

#include "bf-kind-drop-down.h"
#include "bf-options-form.h"
#include "../lab/bf-edit.h"

struct _BfLayerEditor
{
  GtkBox parent_instance;

  BfOptionsForm *form;
  GtkLabel *facts;
  GtkWidget *note;
  GtkLabel *note_label;
  GtkWidget *unlink;
  GtkSwitch *frozen;

  GtkWidget *activation;   /* drop-down; NULL for a layer without one of its own */
  BfSession *session;      /* owned */
  BfNetworkItem *item;     /* owned */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BfLayerEditor, bf_layer_editor, GTK_TYPE_BOX)

/* A copy of the spec with the layer in it; NULL when the change came from the spec itself. */
static BfSpec *
begin_edit (BfLayerEditor  *self,
            BfLayer       **layer)
{
  BfSpec *spec;

  if (self->updating)
    return NULL;
  spec = bf_experiment_copy_spec (bf_session_get_experiment (self->session));
  *layer = bf_spec_find_layer (spec, self->item->layer, NULL, NULL);
  if (*layer == NULL)
    g_clear_pointer (&spec, bf_spec_unref);
  return spec;
}

static void
end_edit (BfLayerEditor *self,
          BfSpec        *spec,
          const char    *what)
{
  g_autofree char *label = g_strdup_printf (C_("layer: parameter", "%s: %s"), self->item->title, what);
  g_autofree char *merge = g_strdup_printf ("layer-%u-%s", self->item->layer, what);

  bf_experiment_edit (bf_session_get_experiment (self->session), spec, label, merge);
}

static void
on_form_changed (BfOptionsForm *form,
                 const char    *name,
                 BfLayerEditor *self)
{
  BfLayer *layer;
  BfSpec *spec = begin_edit (self, &layer);

  if (spec == NULL)
    return;
  bf_options_free (layer->options);
  layer->options = bf_options_copy (bf_options_form_get_options (form));
  end_edit (self, spec, name);
}

static void
on_frozen_changed (GtkSwitch     *toggle,
                   GParamSpec    *pspec,
                   BfLayerEditor *self)
{
  BfLayer *layer;
  BfSpec *spec = begin_edit (self, &layer);

  if (spec == NULL)
    return;
  layer->frozen = gtk_switch_get_active (toggle);
  end_edit (self, spec, _("Frozen"));
}

static void
on_activation_changed (GtkDropDown   *drop_down,
                       GParamSpec    *pspec,
                       BfLayerEditor *self)
{
  const BfKind *kind = bf_kind_drop_down_get_kind (drop_down);
  BfLayer *layer;
  BfSpec *spec = begin_edit (self, &layer);

  if (spec == NULL)
    return;
  if (bf_edit_set_activation (spec, self->item->layer, kind ? kind->id : NULL, NULL))
    {
      end_edit (self, spec, _("Activation"));
      return;
    }
  bf_spec_unref (spec);
  bf_layer_editor_update (self);
}

/* The name of the last layer of that id in front of this one, of one copy of its block (from 0) or of any (-1). */
static const char *
find_earlier_name (BfLayerEditor *self,
                   guint32        id,
                   int            copy)
{
  const BfPlan *plan = bf_session_get_plan (self->session);

  for (int i = self->item->index - 1; i >= 0; i--)
    if (plan->layers[i].layer->id == id && (copy < 0 || plan->layers[i].copy == (guint) copy))
      return plan->layers[i].name;
  return NULL;
}

/* The earlier layers whose output can be added, each once, by the name of the copy meant. Only those of the base: what
 * a remedy put in goes with it. */
static void
set_layers (BfLayerEditor *self)
{
  const BfSpec *base = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint own_block, own_place;

  if (!bf_spec_find_layer (base, self->item->layer, &own_block, &own_place))
    return;
  for (guint b = 0; b <= own_block; b++)
    {
      const BfBlock *block = g_ptr_array_index (base->blocks, b);

      for (guint i = 0; i < (b < own_block ? block->layers->len : own_place); i++)
        {
          const BfLayer *layer = g_ptr_array_index (block->layers, i);
          const char *name = find_earlier_name (self, layer->id, b < own_block ? -1 : (int) self->item->copy);

          if (name == NULL)
            continue;
          g_array_append_val (ids, layer->id);
          g_ptr_array_add (names, (gpointer) name);
        }
    }
  g_ptr_array_add (names, NULL);
  bf_options_form_set_layers (self->form, (const guint32 *) ids->data, (const char *const *) names->pdata);
}

void
bf_layer_editor_update (BfLayerEditor *self)
{
  BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  const BfLayer *layer = bf_spec_find_layer (spec, self->item->layer, NULL, NULL);
  g_autofree char *note = NULL;

  if (layer == NULL)
    return;
  self->updating = TRUE;
  bf_options_form_set_options (self->form, layer->options);
  gtk_switch_set_active (self->frozen, layer->frozen);
  if (self->activation)
    {
      const BfLayer *activation = bf_edit_get_activation (spec, layer->id);

      bf_kind_drop_down_set_kind (GTK_DROP_DOWN (self->activation),
                                  activation ? bf_options_get_kind (bf_options_choice (activation->options, "function"))
                                             : NULL);
    }
  gtk_label_set_label (self->facts, self->item->facts ? self->item->facts : "");
  gtk_widget_set_visible (GTK_WIDGET (self->facts), self->item->facts != NULL);
  note = g_strdup_printf (ngettext ("Changes the one copy of the block", "Changes all %u copies of the block",
                                    self->item->count), self->item->count);
  gtk_label_set_label (self->note_label, note);
  gtk_widget_set_visible (self->note, self->item->in_group && self->item->count > 1);
  gtk_widget_set_visible (self->unlink, self->item->in_group && self->item->count > 1);
  self->updating = FALSE;
}

static void
bf_layer_editor_dispose (GObject *object)
{
  BfLayerEditor *self = BF_LAYER_EDITOR (object);

  self->updating = TRUE;
  g_clear_object (&self->session);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (bf_layer_editor_parent_class)->dispose (object);
}

static void
bf_layer_editor_class_init (BfLayerEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_layer_editor_dispose;
  g_type_ensure (BF_TYPE_OPTIONS_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/layer-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, form);
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, facts);
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, note);
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, note_label);
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, unlink);
  gtk_widget_class_bind_template_child (widget_class, BfLayerEditor, frozen);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_frozen_changed);
}

static void
bf_layer_editor_init (BfLayerEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bf_layer_editor_new (BfSession     *session,
                     BfNetworkItem *item)
{
  BfLayerEditor *self = g_object_new (BF_TYPE_LAYER_EDITOR, NULL);

  self->session = g_object_ref (session);
  self->item = g_object_ref (item);
  if (item->index >= 0)
    set_layers (self);
  bf_layer_editor_update (self);
  if (item->weighted >= 0)
    {
      /* Where it is looked for: behind the units. */
      self->activation = bf_kind_drop_down_new (bf_activations, C_("activation", "None"));
      gtk_box_insert_child_after (GTK_BOX (self->form), bf_form_row_new (_("Activation"), self->activation),
                                  gtk_widget_get_first_child (GTK_WIDGET (self->form)));
      bf_layer_editor_update (self);
      g_signal_connect (self->activation, "notify::selected", G_CALLBACK (on_activation_changed), self);
    }
  return GTK_WIDGET (self);
}
