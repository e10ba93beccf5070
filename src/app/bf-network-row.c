/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-network-row.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-layer-editor.h"
#include "bf-network-pane-private.h"
#include "bf-norm-bar.h"
#include "bf-norm-strip.h"
#include "bf-number-spin.h"
#include "bf-scene.h"
#include "../lab/bf-remedy.h"
#include "../engine/bf-format.h"

#define FLASH_MS 600

struct _BfNetworkRow
{
  GtkBox parent_instance;

  GtkWidget *head;
  GtkWidget *handle;
  GtkImage *icon;
  GtkButton *fold;
  GtkLabel *number;
  GtkLabel *name;
  GtkLabel *tags;
  GtkLabel *detail;
  GtkButton *badge;
  BfNormBar *bar;
  GtkMenuButton *menu;
  GtkSpinButton *count;
  GtkLabel *fold_label;
  GtkWidget *strip_box;
  BfNormStrip *strip;
  GtkLabel *strip_detail;
  GtkLabel *strip_last;
  GtkWidget *error;
  GtkLabel *error_label;
  GtkWidget *editor;       /* BfLayerEditor, or NULL */

  BfNetworkPane *pane;     /* borrowed */
  BfNetworkItem *item;     /* owned, or NULL */
  gboolean was_chosen;     /* when the pointer went down */
  gboolean updating;
  guint flash;
};

G_DEFINE_FINAL_TYPE (BfNetworkRow, bf_network_row, GTK_TYPE_BOX)

static const char *const type_classes[] = {
  [BF_ITEM_INPUT] = "end", [BF_ITEM_BLOCK] = "block", [BF_ITEM_REMEDY] = "remedy",
  [BF_ITEM_LAYER] = "layer", [BF_ITEM_LOSS] = "end",
};

static const char *const icons[] = {
  [BF_ITEM_INPUT] = "image-x-generic-symbolic", [BF_ITEM_REMEDY] = "list-add-symbolic",
  [BF_ITEM_LAYER] = NULL, [BF_ITEM_LOSS] = "find-location-symbolic",
};

static void
show_text (GtkLabel   *label,
           const char *text)
{
  gtk_label_set_label (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_block (BfNetworkRow *self)
{
  BfNetworkItem *item = self->item;
  gboolean block = item->type == BF_ITEM_BLOCK;
  g_autofree char *last = g_strdup_printf ("%u", item->count);

  gtk_widget_set_visible (GTK_WIDGET (self->fold), block);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), block);
  gtk_widget_set_visible (self->strip_box, block && item->folded);
  if (!block)
    return;
  gtk_button_set_icon_name (self->fold, item->folded ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_label_set_label (self->fold_label, item->folded ? _("_Unfold") : _("_Fold"));
  bf_number_spin_set (self->count, item->count);
  gtk_label_set_label (self->strip_detail, item->detail ? item->detail : "");
  gtk_label_set_label (self->strip_last, last);
}

/* The editor is made when it opens: a list of fifty layers has fifty rows, but one editor. */
static void
show_editor (BfNetworkRow *self)
{
  gboolean editing = self->item->editing && self->item->type == BF_ITEM_LAYER;

  set_class (GTK_WIDGET (self), "card", editing);
  /* The list's own row, whose selection the card covers. */
  if (gtk_widget_get_parent (GTK_WIDGET (self)))
    set_class (gtk_widget_get_parent (GTK_WIDGET (self)), "editing", editing);
  if (!editing && self->editor)
    {
      gtk_box_remove (GTK_BOX (self), self->editor);
      self->editor = NULL;
    }
  else if (editing && self->editor == NULL)
    {
      self->editor = bf_layer_editor_new (self->pane->session, self->item);
      gtk_box_append (GTK_BOX (self), self->editor);
    }
  else if (editing)
    bf_layer_editor_update (BF_LAYER_EDITOR (self->editor));
}

static char *
make_tooltip (BfNetworkItem *item)
{
  if (item->type != BF_ITEM_LAYER || item->facts == NULL)
    return NULL;
  /* Translators: a layer's name and its shapes: "Dense 3: 128 → 128, 16,512 parameters" */
  return g_strdup_printf (_("%s: %s"), item->title, item->facts);
}

static gboolean
end_flash (gpointer data)
{
  BfNetworkRow *self = data;

  self->flash = 0;
  gtk_widget_remove_css_class (GTK_WIDGET (self), "flash");
  return G_SOURCE_REMOVE;
}

static void
start_flash (BfNetworkRow *self)
{
  g_clear_handle_id (&self->flash, g_source_remove);
  gtk_widget_add_css_class (GTK_WIDGET (self), "flash");
  self->flash = g_timeout_add (FLASH_MS, end_flash, self);
}

/* What a remedy changed has the color of its family, as in every figure. */
static PangoAttribute *
make_color (const BfRemedy *remedy)
{
  BfStyle style;
  BfColor color;

  bf_style_init (&style, adw_style_manager_get_dark (adw_style_manager_get_default ()) ? BF_THEME_DARK : BF_THEME_LIGHT);
  color = bf_style_get_family_ink (&style, bf_family_from_id (remedy->family));
  return pango_attr_foreground_new (color.r * G_MAXUINT16, color.g * G_MAXUINT16, color.b * G_MAXUINT16);
}

/* "BN", "LN +": letters of what remedies inserted behind the layer. */
static void
show_tags (BfNetworkRow *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  g_autoptr (GString) text = g_string_new (NULL), names = g_string_new (NULL);
  g_auto (GStrv) list = g_strsplit (self->item->inserted ? self->item->inserted : "", " ", -1);

  for (char **part = list; *part; part++)
    {
      g_auto (GStrv) names_of = g_strsplit (*part, "/", 2);
      const BfRemedy *remedy = names_of[0] && names_of[1] ? bf_remedy_find (names_of[1]) : NULL;
      const char *letters = remedy ? bf_format_letters (names_of[0]) : "";
      PangoAttribute *color;

      if (*letters == '\0')
        continue;
      if (text->len)
        {
          g_string_append_c (text, ' ');
          g_string_append_c (names, '\n');
        }
      color = make_color (remedy);
      color->start_index = (guint) text->len;
      g_string_append (text, letters);
      g_string_append (names, bf_kind_get_name (&remedy->kind));
      color->end_index = (guint) text->len;
      pango_attr_list_insert (attributes, color);
    }
  gtk_label_set_attributes (self->tags, attributes);
  show_text (self->tags, text->len ? text->str : NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->tags), names->len ? names->str : NULL);
}

static void
show_remedy (BfNetworkRow *self)
{
  const BfRemedy *remedy = self->item->remedy ? bf_remedy_find (self->item->remedy) : NULL;
  gboolean own_row = self->item->type == BF_ITEM_REMEDY;
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  set_class (GTK_WIDGET (self->detail), "dim-label", remedy == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->detail), remedy ? bf_kind_get_name (&remedy->kind) : NULL);
  if (remedy)
    pango_attr_list_insert (attributes, make_color (remedy));
  gtk_label_set_attributes (self->detail, own_row ? NULL : attributes);
  gtk_label_set_attributes (self->name, own_row ? attributes : NULL);
  gtk_label_set_ellipsize (self->name, own_row ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);   /* a name may be long */
  gtk_widget_set_visible (GTK_WIDGET (self->badge), own_row);
  if (own_row)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->badge), "s", self->item->remedy);
  show_tags (self);
}

static void
on_theme_changed (BfNetworkRow *self)
{
  if (self->item)
    show_remedy (self);
}

static void
show_item (BfNetworkRow *self)
{
  BfNetworkItem *item = self->item;
  gboolean layer = item->type == BF_ITEM_LAYER, block = item->type == BF_ITEM_BLOCK;
  g_autofree char *number = item->number ? g_strdup_printf ("%u", item->number) : g_strdup ("");
  g_autofree char *tooltip = make_tooltip (item);
  g_autofree char *full = g_strjoin (" ", item->title, item->detail, NULL);

  self->updating = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (type_classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), type_classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self), type_classes[item->type]);
  set_class (GTK_WIDGET (self), "copy", (layer || item->type == BF_ITEM_REMEDY) && item->in_group);
  gtk_widget_set_visible (self->handle, layer);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !layer && !block);
  gtk_image_set_from_icon_name (self->icon, icons[item->type]);
  gtk_widget_set_visible (GTK_WIDGET (self->number), layer);
  gtk_label_set_label (self->number, number);
  gtk_label_set_label (self->name, item->name);
  set_class (GTK_WIDGET (self->name), "heading", block);
  show_text (self->detail, block || item->editing ? NULL : item->detail);
  show_remedy (self);
  show_text (self->error_label, item->error);
  gtk_widget_set_visible (self->error, item->error != NULL);
  gtk_widget_set_tooltip_text (self->head, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
  /* The focus is on the list's own widget around the row. */
  if (gtk_widget_get_parent (GTK_WIDGET (self)))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (self))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
  show_block (self);
  show_editor (self);
  bf_network_row_update_norms (self);
  self->updating = FALSE;
}

static void
on_item_changed (BfNetworkRow *self)
{
  show_item (self);
  if (self->pane->flash)
    start_flash (self);
}

static void
on_fold_clicked (GtkButton    *button,
                 BfNetworkRow *self)
{
  gtk_menu_button_popdown (self->menu);
  if (self->item)
    bf_network_pane_set_folded (self->pane, self->item, !self->item->folded);
}

static void
on_ungroup_clicked (GtkButton    *button,
                    BfNetworkRow *self)
{
  gtk_menu_button_popdown (self->menu);
  if (self->item && bf_network_pane_choose_item (self->pane, BF_ITEM_BLOCK, self->item->layer, 0))
    bf_network_pane_ungroup (self->pane);
}

static void
on_count_changed (GtkSpinButton *spin,
                  BfNetworkRow  *self)
{
  if (!self->updating && self->item)
    bf_network_pane_set_count (self->pane, self->item, gtk_spin_button_get_value_as_int (spin));
}

static void
on_strip_chosen (BfNormStrip  *strip,
                 guint         cell,
                 BfNetworkRow *self)
{
  if (self->item && self->item->weighted >= 0)
    bf_session_set_cursor_layer (self->pane->session, self->item->weighted + cell * MAX (self->item->stride, 1));
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            BfNetworkRow    *self)
{
  self->was_chosen = self->item && n_press == 1 && bf_network_pane_get_chosen (self->pane) == self->item;
}

/* A click on a row that was chosen already opens or closes its editor. */
static void
on_released (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             BfNetworkRow    *self)
{
  if (self->was_chosen && n_press == 1 && self->item && self->item->type == BF_ITEM_LAYER)
    bf_network_pane_set_editing (self->pane, self->item, !self->item->editing);
  self->was_chosen = FALSE;
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source,
                 double         x,
                 double         y,
                 BfNetworkRow  *self)
{
  if (self->item == NULL || self->item->type != BF_ITEM_LAYER)
    return NULL;
  return gdk_content_provider_new_typed (BF_TYPE_NETWORK_ITEM, self->item);
}

static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               BfNetworkRow  *self)
{
  GtkWidget *label = gtk_label_new (self->item->title);

  gtk_widget_add_css_class (label, "drag-label");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

static void
show_drop (BfNetworkRow *self,
           int           where)
{
  set_class (GTK_WIDGET (self), "drop-above", where < 0);
  set_class (GTK_WIDGET (self), "drop-below", where > 0);
}

static gboolean
is_below (BfNetworkRow *self,
          double        y)
{
  return self->item->type == BF_ITEM_INPUT || self->item->type == BF_ITEM_BLOCK || self->item->type == BF_ITEM_REMEDY
         || (self->item->type == BF_ITEM_LAYER && y > gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target,
                double         x,
                double         y,
                BfNetworkRow  *self)
{
  if (self->item == NULL)
    return 0;
  show_drop (self, is_below (self, y) ? 1 : -1);
  return GDK_ACTION_MOVE;
}

static void
on_drop_leave (GtkDropTarget *target,
               BfNetworkRow  *self)
{
  show_drop (self, 0);
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         BfNetworkRow  *self)
{
  show_drop (self, 0);
  if (self->item == NULL)
    return FALSE;
  bf_network_pane_drop (self->pane, g_value_get_object (value), self->item, is_below (self, y));
  return TRUE;
}

static void
bf_network_row_dispose (GObject *object)
{
  BfNetworkRow *self = BF_NETWORK_ROW (object);

  g_clear_handle_id (&self->flash, g_source_remove);
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (bf_network_row_parent_class)->dispose (object);
}

static void
bf_network_row_class_init (BfNetworkRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_network_row_dispose;
  g_type_ensure (BF_TYPE_NORM_BAR);
  g_type_ensure (BF_TYPE_NORM_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/network-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, head);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, handle);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, icon);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, fold);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, number);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, name);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, tags);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, detail);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, badge);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, bar);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, menu);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, count);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, fold_label);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, strip_box);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, strip);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, strip_detail);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, strip_last);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, error);
  gtk_widget_class_bind_template_child (widget_class, BfNetworkRow, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_fold_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_ungroup_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_count_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_strip_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_released);
  gtk_widget_class_bind_template_callback (widget_class, on_drag_prepare);
  gtk_widget_class_bind_template_callback (widget_class, on_drag_begin);
}

static void
bf_network_row_init (BfNetworkRow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (BF_TYPE_NETWORK_ITEM, GDK_ACTION_MOVE);

  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_number_spin_prepare (self->count, 1, BF_MAX_COPIES, 1, TRUE);
  g_signal_connect (target, "motion", G_CALLBACK (on_drop_motion), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_theme_changed), self,
                           G_CONNECT_SWAPPED);
  self->updating = FALSE;
}

GtkWidget *
bf_network_row_new (BfNetworkPane *pane)
{
  BfNetworkRow *self = g_object_new (BF_TYPE_NETWORK_ROW, NULL);

  self->pane = pane;
  return GTK_WIDGET (self);
}

void
bf_network_row_set_item (BfNetworkRow  *self,
                         BfNetworkItem *item)
{
  g_return_if_fail (BF_IS_NETWORK_ROW (self));

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  if (self->editor)
    gtk_box_remove (GTK_BOX (self), self->editor);
  self->editor = NULL;
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (on_item_changed), self);
  show_item (self);
}

BfNetworkItem *
bf_network_row_get_item (BfNetworkRow *self)
{
  g_return_val_if_fail (BF_IS_NETWORK_ROW (self), NULL);
  return self->item;
}

/* The norm of a layer's weight gradient at a column; unknown where the run has another network. Below 0:
 * the layer is not there yet. */
static gboolean
get_norm (const BfSnapshot *snapshot,
          const BfColumn   *column,
          guint             weighted,
          double           *norm)
{
  guint layer;

  if (column == NULL || weighted >= snapshot->plan->n_weighted)
    return FALSE;
  layer = snapshot->plan->weighted[weighted];
  *norm = column->layers[layer].tensors[BF_TENSOR_WEIGHT_GRADIENT].size > 0
            ? bf_column_get_norm (column, layer, BF_TENSOR_WEIGHT_GRADIENT) : -1;
  return TRUE;
}

static void
update_strip (BfNetworkRow     *self,
              const BfSnapshot *snapshot,
              const BfColumn   *column)
{
  g_autofree double *norms = g_new (double, self->item->count);
  guint stride = MAX (self->item->stride, 1);
  gboolean known = self->item->weighted >= 0;
  int cursor = (int) bf_session_get_cursor_layer (self->pane->session) - self->item->weighted;

  for (guint i = 0; i < self->item->count; i++)
    known = known && get_norm (snapshot, column, self->item->weighted + i * stride, &norms[i]);
  bf_norm_strip_set_norms (self->strip, known ? norms : NULL, self->item->count);
  bf_norm_strip_set_selected (self->strip, cursor >= 0 && cursor < (int) (self->item->count * stride)
                                             ? cursor / (int) stride : -1);
}

void
bf_network_row_update_norms (BfNetworkRow *self)
{
  const BfSnapshot *snapshot;
  const BfColumn *column;
  double norm = NAN;
  gboolean known;

  g_return_if_fail (BF_IS_NETWORK_ROW (self));

  if (self->item == NULL)
    return;
  snapshot = bf_session_get_snapshot (self->pane->session);
  column = snapshot ? bf_snapshot_get_column (snapshot, bf_session_get_cursor_step (self->pane->session)) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->bar), self->item->type == BF_ITEM_LAYER && self->item->weighted >= 0);
  if (self->item->type == BF_ITEM_LAYER && self->item->weighted >= 0)
    {
      known = get_norm (snapshot, column, self->item->weighted, &norm);
      bf_norm_bar_set_value (self->bar, known && !(norm < 0), norm);
    }
  else if (self->item->type == BF_ITEM_BLOCK && self->item->folded)
    update_strip (self, snapshot, column);
}
