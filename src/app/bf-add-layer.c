/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-add-layer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../engine/bf-spec.h"

struct _BfAddLayer
{
  GtkPopover parent_instance;

  GtkSearchEntry *search;
  GtkListBox *list;
  GtkLabel *place;
};

G_DEFINE_FINAL_TYPE (BfAddLayer, bf_add_layer, GTK_TYPE_POPOVER)

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

typedef struct { const char *id, *name, *summary; } Choice;

static const Choice block = {
  BF_ADD_BLOCK, N_("Block"), N_("Several layers, repeated"),
};

static void
add_choice (BfAddLayer *self,
            const char *id,
            const char *name,
            const char *summary)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *grid = gtk_grid_new ();
  g_autofree char *icon_name = g_strdup_printf ("bf-%s-symbolic", id);
  GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);
  GtkWidget *title = gtk_label_new (name);
  GtkWidget *why = gtk_label_new (summary);
  g_autofree char *words = g_strconcat (name, " ", summary, NULL);

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (why), 0);
  gtk_widget_set_hexpand (why, TRUE);
  gtk_widget_add_css_class (why, "caption");
  gtk_widget_add_css_class (why, "dim-label");
  gtk_grid_attach (GTK_GRID (grid), icon, 0, 0, 1, 2);
  gtk_grid_attach (GTK_GRID (grid), title, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), why, 1, 1, 1, 1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary, -1);
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (id), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_list_box_append (self->list, row);
}

static gboolean
filter (GtkListBoxRow *row,
        gpointer       data)
{
  BfAddLayer *self = data;
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), g_strstrip (wanted)) != NULL;
}

static void
on_search_changed (GtkSearchEntry *search,
                   BfAddLayer     *self)
{
  gtk_list_box_invalidate_filter (self->list);
}

static void
on_row_activated (GtkListBox    *list,
                  GtkListBoxRow *row,
                  BfAddLayer    *self)
{
  g_autofree char *id = g_strdup (g_object_get_data (G_OBJECT (row), "id"));

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, id);
}

/* Return in the search adds the first layer found. */
static void
on_search_activate (GtkSearchEntry *search,
                    BfAddLayer     *self)
{
  GtkWidget *row;

  for (row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row; row = gtk_widget_get_next_sibling (row))
    if (GTK_IS_LIST_BOX_ROW (row) && gtk_widget_get_child_visible (row))
      {
        on_row_activated (self->list, GTK_LIST_BOX_ROW (row), self);
        return;
      }
}

static void
on_closed (BfAddLayer *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

static void
bf_add_layer_class_init (BfAddLayerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/add-layer.ui");
  gtk_widget_class_bind_template_child (widget_class, BfAddLayer, search);
  gtk_widget_class_bind_template_child (widget_class, BfAddLayer, list);
  gtk_widget_class_bind_template_child (widget_class, BfAddLayer, place);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_closed);
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", BF_TYPE_ADD_LAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bf_add_layer_init (BfAddLayer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (const BfKind *const *kind = bf_layer_kinds (); *kind; kind++)
    add_choice (self, (*kind)->id, bf_kind_get_name (*kind), bf_kind_get_summary (*kind));
  add_choice (self, block.id, g_dgettext (GETTEXT_PACKAGE, block.name), g_dgettext (GETTEXT_PACKAGE, block.summary));
  gtk_list_box_set_filter_func (self->list, filter, self, NULL);
}

void
bf_add_layer_set_place (BfAddLayer *self,
                        const char *after)
{
  g_autofree char *text = after ? g_strdup_printf (_("Goes after %s"), after) : g_strdup (_("Goes first"));

  g_return_if_fail (BF_IS_ADD_LAYER (self));
  gtk_label_set_label (self->place, text);
}
