/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-table.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-family-mark.h"
#include "bf-number-label.h"
#include "bf-scene.h"
#include "bf-study-item.h"
#include "../plot/bf-draw.h"

struct _BfStudyTable
{
  GtkBox parent_instance;

  GtkColumnView *view;
  GtkColumnViewColumn *columns[BF_N_STUDY_COLUMNS];

  GListStore *items;
  GtkSingleSelection *selection;
  BfStudyQueue *queue;   /* borrowed */
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfStudyTable, bf_study_table, GTK_TYPE_BOX)

/* Cells */

static BfStudyColumn
get_column (gpointer factory)
{
  return GPOINTER_TO_UINT (g_object_get_data (factory, "column"));
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *cell,
          BfStudyTable             *self)
{
  GtkWidget *label = gtk_label_new (NULL), *box;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (get_column (factory) != BF_STUDY_COLUMN_RUN)
    {
      gtk_widget_add_css_class (label, "numeric");
      gtk_list_item_set_child (cell, label);
      return;
    }
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (box), bf_family_mark_new ());
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (cell, box);
}

static void
show_cell (GtkListItem   *cell,
           BfStudyColumn  column)
{
  BfStudyItem *item = gtk_list_item_get_item (cell);
  GtkWidget *child = gtk_list_item_get_child (cell);
  GtkWidget *label = column == BF_STUDY_COLUMN_RUN ? gtk_widget_get_last_child (child) : child;
  const char *text = item->cells.texts[column];
  gboolean word = column == BF_STUDY_COLUMN_ACCURACY && item->cells.words;
  gboolean wrong = word && (item->cells.progress == BF_STUDY_PROGRESS_DIVERGED || item->cells.progress == BF_STUDY_PROGRESS_FAILED);

  if (column == BF_STUDY_COLUMN_RUN || word)
    gtk_label_set_label (GTK_LABEL (label), text);
  else
    bf_number_label_set (GTK_LABEL (label), text);
  if (column == BF_STUDY_COLUMN_RUN)
    {
      gtk_widget_set_tooltip_text (label, text);
      bf_family_mark_set (BF_FAMILY_MARK (gtk_widget_get_first_child (child)), bf_family_from_id (item->family), item->second);
    }
  (word && !wrong ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (label, "dim-label");
  (wrong ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (label, "error");
}

static void
on_item_changed (BfStudyItem *item,
                 GtkListItem *cell)
{
  show_cell (cell, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "column")));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *cell,
         BfStudyTable             *self)
{
  g_object_set_data (G_OBJECT (cell), "column", GUINT_TO_POINTER (get_column (factory)));
  g_signal_connect (gtk_list_item_get_item (cell), "changed", G_CALLBACK (on_item_changed), cell);
  show_cell (cell, get_column (factory));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *cell,
           BfStudyTable             *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (cell), on_item_changed, cell);
}

/* Columns */

/* What has no number comes last, either way round it is sorted when there is none at all. */
static int
compare_items (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  BfStudyColumn column = GPOINTER_TO_UINT (data);
  double x = BF_STUDY_ITEM ((gpointer) a)->cells.values[column], y = BF_STUDY_ITEM ((gpointer) b)->cells.values[column];

  if (isnan (x) || isnan (y))
    return isnan (x) - isnan (y);
  return x < y ? -1 : x > y;
}

static void
add_column (BfStudyTable  *self,
            BfStudyColumn  column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_items, GUINT_TO_POINTER (column), NULL));

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (column));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  self->columns[column] = gtk_column_view_column_new (bf_study_column_get_title (NULL, column), factory);
  gtk_column_view_column_set_sorter (self->columns[column], sorter);
  gtk_column_view_column_set_expand (self->columns[column], column == BF_STUDY_COLUMN_RUN);
  gtk_column_view_append_column (self->view, self->columns[column]);
  g_object_unref (self->columns[column]);   /* the view has it */
}

static void
on_selected (BfStudyTable *self)
{
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
bf_study_table_dispose (GObject *object)
{
  BfStudyTable *self = BF_STUDY_TABLE (object);

  g_clear_object (&self->items);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (bf_study_table_parent_class)->dispose (object);
}

static void
bf_study_table_class_init (BfStudyTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_table_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", BF_TYPE_STUDY_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-table.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyTable, view);
}

static void
bf_study_table_init (BfStudyTable *self)
{
  GtkSortListModel *sorted;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (BF_TYPE_STUDY_ITEM);
  for (BfStudyColumn column = 0; column < BF_N_STUDY_COLUMNS; column++)
    add_column (self, column);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->items)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
}

void
bf_study_table_set_queue (BfStudyTable *self,
                          BfStudyQueue *queue)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (BF_IS_STUDY_TABLE (self));

  self->queue = queue;
  for (guint i = 0; queue && i < bf_study_queue_get_study (queue)->rows->len; i++)
    g_ptr_array_add (items, bf_study_item_new (queue, i));
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)), items->pdata, items->len);
  for (BfStudyColumn column = 0; queue && column < BF_N_STUDY_COLUMNS; column++)
    gtk_column_view_column_set_visible (self->columns[column], bf_study_column_is_used (queue, column));
}

void
bf_study_table_refresh (BfStudyTable *self)
{
  GtkColumnViewColumn *accuracy;
  const char *title;

  g_return_if_fail (BF_IS_STUDY_TABLE (self));

  accuracy = self->columns[BF_STUDY_COLUMN_ACCURACY];
  title = bf_study_column_get_title (self->queue, BF_STUDY_COLUMN_ACCURACY);
  if (!g_str_equal (gtk_column_view_column_get_title (accuracy), title))
    gtk_column_view_column_set_title (accuracy, title);
  for (guint i = 0; self->queue && i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (BfStudyItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      bf_study_item_refresh (item, self->queue);
    }
}

int
bf_study_table_get_chosen (BfStudyTable *self)
{
  BfStudyItem *item;

  g_return_val_if_fail (BF_IS_STUDY_TABLE (self), -1);
  item = self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  return item ? (int) item->row : -1;
}

void
bf_study_table_choose (BfStudyTable *self,
                       guint         row)
{
  GListModel *model;

  g_return_if_fail (BF_IS_STUDY_TABLE (self));
  model = G_LIST_MODEL (self->selection);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BfStudyItem) item = g_list_model_get_item (model, i);

      if (item->row == row)
        gtk_single_selection_set_selected (self->selection, i);
    }
}
