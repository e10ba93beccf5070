/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-kind-row.h"

#include <glib/gi18n-lib.h>

#include "bf-kind-drop-down.h"
#include "bf-options-form.h"
#include "bf-remedy-badge.h"

struct _BfKindRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *label;
  GtkImage *arrow;
  GtkWidget *restarts;
  GtkWidget *remedy;
  GtkDropDown *drop_down;
  GtkRevealer *revealer;
  GtkBox *content;
  BfOptionsForm *form;

  BfOptions *options;
  gboolean has_more;    /* rows added below the form */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BfKindRow, bf_kind_row, GTK_TYPE_LIST_BOX_ROW)

enum { PROP_TITLE = 1, N_PROPERTIES };
enum { SIGNAL_CHANGED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static gboolean
has_content (BfKindRow *self)
{
  return self->has_more || !bf_options_form_is_empty (self->form);
}

static void
show_options (BfKindRow *self)
{
  const BfKind *kind = bf_options_get_kind (self->options);

  self->updating = TRUE;
  bf_kind_drop_down_set_kind (self->drop_down, kind);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->drop_down), bf_kind_get_summary (kind));
  bf_options_form_set_options (self->form, self->options);
  gtk_widget_set_visible (GTK_WIDGET (self->form), !bf_options_form_is_empty (self->form));
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), has_content (self));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), has_content (self));
  if (!has_content (self) && gtk_revealer_get_reveal_child (self->revealer))
    bf_kind_row_toggle (self);
  self->updating = FALSE;
}

/* A file or folder that is still to be chosen: the row opens to show where. */
static gboolean
lacks_file (const BfOptions *options)
{
  static const char *const ids[] = { "file", "folder" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (bf_kind_find_param (bf_options_get_kind (options), ids[i]) && !*bf_options_text (options, ids[i]))
      return TRUE;
  return FALSE;
}

static void
on_selected (GtkDropDown *drop_down,
             GParamSpec  *pspec,
             BfKindRow   *self)
{
  const BfKind *kind = bf_kind_drop_down_get_kind (drop_down);

  if (self->updating || kind == NULL || kind == bf_options_get_kind (self->options))
    return;
  bf_options_free (self->options);
  self->options = bf_options_new (kind);
  show_options (self);
  if (lacks_file (self->options) && !gtk_revealer_get_reveal_child (self->revealer))
    bf_kind_row_toggle (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, gtk_label_get_label (self->label));
}

static void
on_form_changed (BfOptionsForm *form,
                 const char    *name,
                 BfKindRow     *self)
{
  bf_options_free (self->options);
  self->options = bf_options_copy (bf_options_form_get_options (form));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, name);
}

static void
bf_kind_row_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  BfKindRow *self = BF_KIND_ROW (object);

  if (id == PROP_TITLE)
    {
      const char *title = g_value_get_string (value);

      gtk_label_set_label (self->label, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      bf_drop_down_set_name (self->drop_down, title);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bf_kind_row_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  BfKindRow *self = BF_KIND_ROW (object);

  if (id == PROP_TITLE)
    g_value_set_string (value, gtk_label_get_label (self->label));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bf_kind_row_finalize (GObject *object)
{
  g_clear_pointer (&BF_KIND_ROW (object)->options, bf_options_free);
  G_OBJECT_CLASS (bf_kind_row_parent_class)->finalize (object);
}

static void
bf_kind_row_class_init (BfKindRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = bf_kind_row_set_property;
  object_class->get_property = bf_kind_row_get_property;
  object_class->finalize = bf_kind_row_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BF_TYPE_KIND_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (BF_TYPE_OPTIONS_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/kind-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, label);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, restarts);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, remedy);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, drop_down);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, content);
  gtk_widget_class_bind_template_child (widget_class, BfKindRow, form);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
}

static void
bf_kind_row_init (BfKindRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bf_kind_row_set_table (BfKindRow *self,
                       BfTable    table)
{
  g_return_if_fail (BF_IS_KIND_ROW (self));

  self->updating = TRUE;
  bf_kind_drop_down_fill (self->drop_down, table, NULL);
  self->updating = FALSE;
}

void
bf_kind_row_set_options (BfKindRow       *self,
                         const BfOptions *options)
{
  g_return_if_fail (BF_IS_KIND_ROW (self));

  g_clear_pointer (&self->options, bf_options_free);
  self->options = bf_options_copy (options);
  show_options (self);
}

const BfOptions *
bf_kind_row_get_options (BfKindRow *self)
{
  g_return_val_if_fail (BF_IS_KIND_ROW (self), NULL);
  return self->options;
}

void
bf_kind_row_add (BfKindRow *self,
                 GtkWidget *row)
{
  g_return_if_fail (BF_IS_KIND_ROW (self));

  gtk_box_append (self->content, row);
  self->has_more = TRUE;
}

void
bf_kind_row_set_remedy (BfKindRow      *self,
                        const BfRemedy *remedy)
{
  g_return_if_fail (BF_IS_KIND_ROW (self));

  bf_remedy_badge_set (self->remedy, remedy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->drop_down), remedy == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->form), remedy == NULL);
}

void
bf_kind_row_set_restarts (BfKindRow *self,
                          gboolean   restarts)
{
  g_return_if_fail (BF_IS_KIND_ROW (self));
  gtk_widget_set_visible (self->restarts, restarts);
}

void
bf_kind_row_toggle (BfKindRow *self)
{
  gboolean expanded;

  g_return_if_fail (BF_IS_KIND_ROW (self));

  expanded = !gtk_revealer_get_reveal_child (self->revealer);
  gtk_revealer_set_reveal_child (self->revealer, expanded);
  gtk_image_set_from_icon_name (self->arrow, expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, expanded, -1);
}
