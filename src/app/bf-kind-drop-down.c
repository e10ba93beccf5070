/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include <glib/gi18n-lib.h>

#include "bf-kind-drop-down.h"

typedef struct
{
  BfTable table;
  guint offset;   /* 1 when the first choice is none */
} Choices;

static GQuark
choices_quark (void)
{
  return g_quark_from_static_string ("bf-kind-drop-down");
}

static GQuark
name_quark (void)
{
  return g_quark_from_static_string ("bf-drop-down-name");
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  user_data)
{
  GtkStringObject *word = gtk_list_item_get_item (item);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (word));
}

void
bf_drop_down_style (GtkDropDown *self)
{
  g_autoptr (GtkListItemFactory) list_factory = g_object_ref (gtk_drop_down_get_factory (self));
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_drop_down_set_factory (self, factory);
  gtk_drop_down_set_list_factory (self, list_factory);
  gtk_widget_add_css_class (GTK_WIDGET (self), "mini");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

void
bf_kind_drop_down_fill (GtkDropDown *self,
                        BfTable      table,
                        const char  *none)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  Choices *choices = g_new0 (Choices, 1);

  choices->table = table;
  choices->offset = none != NULL;
  g_object_set_qdata_full (G_OBJECT (self), choices_quark (), choices, g_free);
  if (none)
    gtk_string_list_append (words, none);
  for (const BfKind *const *kind = table (); *kind; kind++)
    gtk_string_list_append (words, bf_kind_get_name (*kind));
  gtk_drop_down_set_model (self, G_LIST_MODEL (words));
  bf_drop_down_style (self);
}

GtkWidget *
bf_kind_drop_down_new (BfTable     table,
                       const char *none)
{
  GtkWidget *self = gtk_drop_down_new (NULL, NULL);

  bf_kind_drop_down_fill (GTK_DROP_DOWN (self), table, none);
  return self;
}

GtkWidget *
bf_word_drop_down_new (const char *const *words)
{
  GtkWidget *self = gtk_drop_down_new_from_strings (words);

  bf_drop_down_style (GTK_DROP_DOWN (self));
  return self;
}

const BfKind *
bf_kind_drop_down_get_kind (GtkDropDown *self)
{
  Choices *choices = g_object_get_qdata (G_OBJECT (self), choices_quark ());
  guint selected = gtk_drop_down_get_selected (self);

  if (selected == GTK_INVALID_LIST_POSITION || selected < choices->offset)
    return NULL;
  return choices->table ()[selected - choices->offset];
}

void
bf_kind_drop_down_set_kind (GtkDropDown  *self,
                            const BfKind *kind)
{
  Choices *choices = g_object_get_qdata (G_OBJECT (self), choices_quark ());
  const BfKind *const *table = choices->table ();
  guint selected = choices->offset ? 0 : GTK_INVALID_LIST_POSITION;

  for (guint i = 0; table[i]; i++)
    if (table[i] == kind)
      selected = i + choices->offset;
  if (gtk_drop_down_get_selected (self) != selected)
    gtk_drop_down_set_selected (self, selected);
}

/* The focus goes to the button inside, which GTK names after its type: what the drop-down says of
 * itself is not handed on. */
static void
name_button (GtkDropDown *self)
{
  const char *name = g_object_get_qdata (G_OBJECT (self), name_quark ());
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self));
  GObject *chosen = gtk_drop_down_get_selected_item (self);
  g_autofree char *full = NULL;

  /* Translators: the name of a choice and what is chosen, as it is read aloud: "Optimizer: SGD" */
  full = GTK_IS_STRING_OBJECT (chosen)
         ? g_strdup_printf (_("%s: %s"), name, gtk_string_object_get_string (GTK_STRING_OBJECT (chosen)))
         : g_strdup (name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
}

void
bf_drop_down_set_name (GtkDropDown *self,
                       const char  *name)
{
  if (g_object_get_qdata (G_OBJECT (self), name_quark ()) == NULL)
    g_signal_connect (self, "notify::selected-item", G_CALLBACK (name_button), NULL);
  g_object_set_qdata_full (G_OBJECT (self), name_quark (), g_strdup (name), g_free);
  name_button (self);
}
