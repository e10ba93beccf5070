/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The chosen row and the session's cursor follow each other: choosing a layer moves the cursor,
 * and wherever the cursor is moved, the row of its layer is chosen. A folded block shows the
 * cursor in its strip.
 */
#include "bf-network-pane-private.h"

#include <glib/gi18n-lib.h>

#include "bf-network-row.h"

G_DEFINE_FINAL_TYPE (BfNetworkPane, bf_network_pane, GTK_TYPE_BOX)

static BfNetworkItem *
get_item (BfNetworkPane *self,
          guint          position)
{
  g_autoptr (BfNetworkItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  return item;   /* the store holds it */
}

static guint
count_items (BfNetworkPane *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

BfNetworkItem *
bf_network_pane_get_chosen (BfNetworkPane *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

gboolean
bf_network_pane_choose (BfNetworkPane *self,
                        guint          position)
{
  while (position < count_items (self) && get_item (self, position)->type == BF_ITEM_REMEDY)
    position++;
  if (position >= count_items (self))
    return FALSE;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  return TRUE;
}

gboolean
bf_network_pane_choose_item (BfNetworkPane     *self,
                             BfNetworkItemType  type,
                             guint32            layer,
                             guint              copy)
{
  for (guint i = 0; i < count_items (self); i++)
    {
      BfNetworkItem *item = get_item (self, i);

      if (item->type == type && item->layer == layer && item->copy == copy)
        return bf_network_pane_choose (self, i);
    }
  return FALSE;
}

void
bf_network_pane_focus_chosen (BfNetworkPane *self)
{
  BfNetworkItem *chosen = bf_network_pane_get_chosen (self);

  for (guint i = 0; chosen && i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      if (bf_network_row_get_item (BF_NETWORK_ROW (row)) == chosen)
        gtk_widget_grab_focus (gtk_widget_get_parent (row));
    }
}

void
bf_network_pane_set_editing (BfNetworkPane *self,
                             BfNetworkItem *item,
                             gboolean       editing)
{
  for (guint i = 0; i < count_items (self); i++)
    if (get_item (self, i) != item)
      bf_network_item_set_editing (get_item (self, i), FALSE);
  bf_network_item_set_editing (item, editing && item->type == BF_ITEM_LAYER);
}

static void
on_selection_changed (GtkSingleSelection *selection,
                      GParamSpec         *pspec,
                      BfNetworkPane      *self)
{
  BfNetworkItem *item = bf_network_pane_get_chosen (self);

  if (item == NULL || self->session == NULL)
    return;
  if (!self->following && item->type == BF_ITEM_LAYER && item->weighted >= 0)
    bf_session_set_cursor_layer (self->session, item->weighted);
  for (guint i = 0; i < count_items (self); i++)
    if (get_item (self, i) != item)
      bf_network_item_set_editing (get_item (self, i), FALSE);
}

static gboolean
has_cursor (BfNetworkItem *item,
            int            cursor)
{
  if (item->type == BF_ITEM_BLOCK)
    return item->folded && item->weighted >= 0 && cursor >= item->weighted
           && cursor < item->weighted + (int) (item->count * item->stride);
  return item->type == BF_ITEM_LAYER && item->weighted == cursor;
}

static void
update_norms (BfNetworkPane *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    bf_network_row_update_norms (g_ptr_array_index (self->rows, i));
}

/* Whether the cursor is about the network of the list: until a new run's first snapshot comes, it
 * is kept within the old one. */
static gboolean
is_current (BfNetworkPane *self)
{
  const BfSnapshot *snapshot = bf_session_get_snapshot (self->session);

  return snapshot == NULL || snapshot->plan->n_weighted == bf_session_get_plan (self->session)->n_weighted;
}

/* Where the cursor goes the choice follows; what is chosen and is no layer stays until then. */
static void
on_cursor_changed (BfNetworkPane *self)
{
  int cursor = bf_session_get_cursor_layer (self->session);
  BfNetworkItem *chosen = bf_network_pane_get_chosen (self);

  if (!is_current (self))
    return;
  if (chosen == NULL || (cursor != self->cursor && !has_cursor (chosen, cursor)))
    for (guint i = 0; i < count_items (self); i++)
      if (has_cursor (get_item (self, i), cursor))
        {
          self->following = TRUE;
          /* The strip shows it: the head of the block is not what the cursor is on. */
          gtk_single_selection_set_selected (self->selection, get_item (self, i)->type == BF_ITEM_BLOCK
                                                                ? GTK_INVALID_LIST_POSITION : i);
          self->following = FALSE;
          break;
        }
  self->cursor = cursor;
  update_norms (self);
}

/* "28 × 28 image", once the data is known. */
static char *
describe_input (BfNetworkPane *self)
{
  const BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  const BfPlan *plan = bf_session_get_plan (self->session);

  if (snapshot && snapshot->image_width)
    return g_strdup_printf (_("%u × %u image"), snapshot->image_width, snapshot->image_height);
  if (snapshot == NULL)
    return NULL;
  return g_strdup_printf (ngettext ("%u number", "%u numbers", plan->shape.inputs), plan->shape.inputs);
}

/* What stays the same at both ends of the list is left alone; the rows between are replaced, but
 * by the same objects where they stand for the same thing. */
static void
take_items (BfNetworkPane *self,
            GPtrArray     *fresh)
{
  guint old_n = count_items (self), n = fresh->len, head = 0, tail = 0, next = 0;

  for (guint i = 0; i < n; i++)
    /* Most rows follow each other as before, so the search begins behind the last one found. */
    for (guint j = 0; j < old_n; j++)
      {
        BfNetworkItem *old = get_item (self, (next + j) % old_n);

        if (!bf_network_item_same (old, g_ptr_array_index (fresh, i)))
          continue;
        bf_network_item_take (old, g_ptr_array_index (fresh, i));
        g_object_unref (fresh->pdata[i]);
        fresh->pdata[i] = g_object_ref (old);
        next = (next + j + 1) % old_n;
        break;
      }
  while (head < MIN (n, old_n) && get_item (self, head) == fresh->pdata[head])
    head++;
  while (tail < MIN (n, old_n) - head && get_item (self, old_n - 1 - tail) == fresh->pdata[n - 1 - tail])
    tail++;
  if (old_n - head - tail > 0 || n - head - tail > 0)
    g_list_store_splice (self->items, head, old_n - head - tail, fresh->pdata + head, n - head - tail);
}

static void
update_items (BfNetworkPane *self)
{
  g_autofree char *input = describe_input (self);
  g_autoptr (GPtrArray) fresh =
    bf_network_items_make (bf_experiment_get_spec (bf_session_get_experiment (self->session)),
                           bf_session_get_plan (self->session), input, self->folds);
  g_autoptr (BfNetworkItem) chosen = NULL;
  BfNetworkItem *chosen_now;

  g_set_object (&chosen, bf_network_pane_get_chosen (self));
  take_items (self, fresh);
  self->flash = FALSE;
  if (chosen && bf_network_pane_get_chosen (self) != chosen)
    {
      self->following = TRUE;
      if (!bf_network_pane_choose_item (self, chosen->type, chosen->layer, chosen->copy))
        gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
      self->following = FALSE;
    }
  /* A chosen layer that was moved takes the cursor along. */
  chosen_now = bf_network_pane_get_chosen (self);
  if (chosen_now && chosen_now->type == BF_ITEM_LAYER && chosen_now->weighted >= 0)
    bf_session_set_cursor_layer (self->session, chosen_now->weighted);
  on_cursor_changed (self);
}

/* The data's shape comes with the first snapshot of a run. */
static void
on_updated (BfNetworkPane *self)
{
  g_autofree char *input = describe_input (self);

  if (count_items (self) > 0 && g_strcmp0 (get_item (self, 0)->detail, input) != 0)
    update_items (self);
  else
    update_norms (self);
}

void
bf_network_pane_set_folded (BfNetworkPane *self,
                            BfNetworkItem *item,
                            gboolean       folded)
{
  g_hash_table_insert (self->folds, GUINT_TO_POINTER (item->layer), GINT_TO_POINTER (folded ? 2 : 1));
  update_items (self);
}

void
bf_network_pane_flash (BfNetworkPane *self)
{
  g_return_if_fail (BF_IS_NETWORK_PANE (self));
  self->flash = TRUE;
}

static void
on_activate (GtkListView   *view,
             guint          position,
             BfNetworkPane *self)
{
  BfNetworkItem *item = get_item (self, position);

  if (item->type == BF_ITEM_BLOCK)
    bf_network_pane_set_folded (self, item, !item->folded);
  else if (item->type == BF_ITEM_LAYER)
    bf_network_pane_set_editing (self, item, TRUE);
  else if (item->type == BF_ITEM_REMEDY)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.remedy-show", "s", item->remedy);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          BfNetworkPane            *self)
{
  gtk_list_item_set_child (list_item, bf_network_row_new (self));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         BfNetworkPane            *self)
{
  BfNetworkItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);

  gtk_list_item_set_selectable (list_item, item->type != BF_ITEM_LOSS && item->type != BF_ITEM_REMEDY);
  bf_network_row_set_item (BF_NETWORK_ROW (row), item);
  g_ptr_array_add (self->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           BfNetworkPane            *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_ptr_array_remove_fast (self->rows, row);
  bf_network_row_set_item (BF_NETWORK_ROW (row), NULL);
}

static void
on_kind_chosen (BfAddLayer    *add_layer,
                const char    *kind,
                BfNetworkPane *self)
{
  bf_network_pane_add_kind (self, kind);
  bf_network_pane_focus_chosen (self);
}

static void
on_add_shown (BfNetworkPane *self)
{
  BfNetworkItem *item = bf_network_pane_get_chosen (self);

  bf_add_layer_set_place (self->add_layer, item && item->type != BF_ITEM_INPUT ? item->title : NULL);
}

/* Escape closes the open editor and goes back to its row. */
static gboolean
on_escape (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  BfNetworkPane *self = BF_NETWORK_PANE (widget);
  BfNetworkItem *item = bf_network_pane_get_chosen (self);

  if (item == NULL || !item->editing)
    return FALSE;
  bf_network_item_set_editing (item, FALSE);
  bf_network_pane_focus_chosen (self);
  return TRUE;
}

static void
bf_network_pane_dispose (GObject *object)
{
  BfNetworkPane *self = BF_NETWORK_PANE (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->view)
    gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_network_pane_parent_class)->dispose (object);
}

static void
bf_network_pane_finalize (GObject *object)
{
  BfNetworkPane *self = BF_NETWORK_PANE (object);

  g_clear_object (&self->items);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->folds, g_hash_table_unref);
  G_OBJECT_CLASS (bf_network_pane_parent_class)->finalize (object);
}

static void
bf_network_pane_class_init (BfNetworkPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_network_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = bf_network_pane_finalize;
  g_type_ensure (BF_TYPE_ADD_LAYER);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/network-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, BfNetworkPane, add_button);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkPane, add_layer);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkPane, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_add_shown);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  g_signal_new ("message", BF_TYPE_NETWORK_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
bf_network_pane_init (BfNetworkPane *self)
{
  self->cursor = -1;
  self->rows = g_ptr_array_new ();
  self->folds = g_hash_table_new (NULL, NULL);
  self->items = g_list_store_new (BF_TYPE_NETWORK_ITEM);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->items));
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (on_selection_changed), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

void
bf_network_pane_set_session (BfNetworkPane *self,
                             BfSession     *session)
{
  g_return_if_fail (BF_IS_NETWORK_PANE (self));

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (g_set_object (&self->session, session) && session)
    {
      g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (update_items), self);
      g_signal_connect_swapped (session, "run-changed", G_CALLBACK (update_items), self);
      g_signal_connect_swapped (session, "updated", G_CALLBACK (on_updated), self);
      g_signal_connect_swapped (session, "cursor-changed", G_CALLBACK (on_cursor_changed), self);
      update_items (self);
    }
}
