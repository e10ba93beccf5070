/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-diff-table.h"

#include "../lab/bf-spec-diff.h"

#include <glib/gi18n-lib.h>

#define N_COLUMNS 3

/* A row of the table as the list wants it. */
#define BF_TYPE_DIFF_ITEM (bf_diff_item_get_type ())
G_DECLARE_FINAL_TYPE (BfDiffItem, bf_diff_item, BF, DIFF_ITEM, GObject)

struct _BfDiffItem
{
  GObject parent_instance;

  char *texts[N_COLUMNS];   /* NULL: not in that experiment */
};

G_DEFINE_FINAL_TYPE (BfDiffItem, bf_diff_item, G_TYPE_OBJECT)

static void
diff_item_finalize (GObject *object)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    g_free (BF_DIFF_ITEM (object)->texts[i]);
  G_OBJECT_CLASS (bf_diff_item_parent_class)->finalize (object);
}

static void
bf_diff_item_class_init (BfDiffItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = diff_item_finalize;
}

static void
bf_diff_item_init (BfDiffItem *self)
{
}

struct _BfDiffTable
{
  GtkBox parent_instance;

  GtkStack *pages;
  GtkColumnView *list;
  GtkColumnViewColumn *columns[N_COLUMNS];   /* owned by the list */

  GListStore *rows;
  BfSpec *shown[2];
};

G_DEFINE_FINAL_TYPE (BfDiffTable, bf_diff_table, GTK_TYPE_BOX)

static void
on_setup (GtkListItemFactory *factory,
          GtkListItem        *item)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
on_bind (GtkListItemFactory *factory,
         GtkListItem        *item,
         gpointer            column)
{
  BfDiffItem *row = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *text = row->texts[GPOINTER_TO_UINT (column)];
  gtk_label_set_label (GTK_LABEL (label), text ? text : _("not there"));
  if (text)
    gtk_widget_remove_css_class (label, "dim-label");
  else
    gtk_widget_add_css_class (label, "dim-label");
}

static void
diff_table_dispose (GObject *object)
{
  BfDiffTable *self = BF_DIFF_TABLE (object);
  g_clear_object (&self->rows);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->shown[i], bf_spec_unref);
  G_OBJECT_CLASS (bf_diff_table_parent_class)->dispose (object);
}

static void
bf_diff_table_class_init (BfDiffTableClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = diff_table_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/diff-table.ui");
  gtk_widget_class_bind_template_child (widget, BfDiffTable, pages);
  gtk_widget_class_bind_template_child (widget, BfDiffTable, list);
}

static void
bf_diff_table_init (BfDiffTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (BF_TYPE_DIFF_ITEM);
  gtk_column_view_set_model (self->list, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rows)))));
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (i == 0 ? _("Setting") : NULL, factory);
      gtk_column_view_column_set_expand (column, TRUE);
      gtk_column_view_append_column (self->list, column);
      self->columns[i] = column;
    }
}

static void
diff_table_fill (BfDiffTable *self)
{
  g_autoptr (GPtrArray) rows = bf_spec_diff (self->shown[0], self->shown[1]);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    {
      BfDiffRow *row = g_ptr_array_index (rows, i);
      BfDiffItem *item = g_object_new (BF_TYPE_DIFF_ITEM, NULL);
      item->texts[0] = g_steal_pointer (&row->what);
      item->texts[1] = g_steal_pointer (&row->a);
      item->texts[2] = g_steal_pointer (&row->b);
      g_ptr_array_add (items, item);
    }
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), items->pdata, items->len);
  gtk_stack_set_visible_child_name (self->pages, rows->len > 0 ? "rows" : "nothing");
}

void
bf_diff_table_set_runs (BfDiffTable        *self,
                        const BfSessionRun *a,
                        const BfSessionRun *b)
{
  g_return_if_fail (BF_IS_DIFF_TABLE (self));

  gtk_column_view_column_set_title (self->columns[1], a->label);
  gtk_column_view_column_set_title (self->columns[2], b->label);
  if (self->shown[0] == a->base && self->shown[1] == b->base)
    return;
  bf_spec_ref (a->base);
  bf_spec_ref (b->base);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->shown[i], bf_spec_unref);
  self->shown[0] = a->base;
  self->shown[1] = b->base;
  diff_table_fill (self);
}

guint
bf_diff_table_get_n_rows (BfDiffTable *self)
{
  g_return_val_if_fail (BF_IS_DIFF_TABLE (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->rows));
}
