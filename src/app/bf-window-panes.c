/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Wide: three columns with handles. Below 1280 px the right pane lies over the centre when asked
 * for, below 900 px the left one too, one at a time. A pane moves between its GtkPaned and its
 * GtkRevealer from one idle, never while the window is being allocated. The panes may shrink in
 * their GtkPaned, so that they do not enter the window's least width; the same idle keeps them at
 * least 240 px wide. In a low window the network picture gets lower, then folds into its stream.
 */
#include <glib/gi18n-lib.h>

#include "bf-window-private.h"
#include "../lab/bf-settings.h"

#define WIDE          1280
#define MEDIUM        900
#define SHORT         640
#define FOLDED        600
#define LEAST_PANE    240
#define SLACK         60      /* before three columns come back; their buttons are wider */
#define OVERLAY_WIDTH (320 + 14)   /* and the margin that its shadow falls on */

static const char *const width_settings[BF_N_SIDES] = { [BF_SIDE_LEFT] = "left-width", [BF_SIDE_RIGHT] = "right-width" };

static const int picture_heights[] = { [BF_HEIGHT_TALL] = 190, [BF_HEIGHT_SHORT] = 140, [BF_HEIGHT_FOLDED] = 60 };

static BfHeight
get_height_class (int height)
{
  return height >= SHORT ? BF_HEIGHT_TALL : height >= FOLDED ? BF_HEIGHT_SHORT : BF_HEIGHT_FOLDED;
}

/* Of a pane that floats, what it needed when it stood in its column last. */
static int
get_least_width (BfPaneState *state)
{
  int least;

  if (!state->docked)
    return MAX (state->least, LEAST_PANE);
  if (!state->shown)
    return 0;
  gtk_widget_measure (state->pane, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  state->least = MAX (least, LEAST_PANE);
  return state->least;
}

/* Long words of a language may ask for more than the design's widths, which English fits. */
static BfWidth
get_class (BfWindow *self,
           int       width)
{
  int left = get_least_width (&self->sides[BF_SIDE_LEFT]), right = get_least_width (&self->sides[BF_SIDE_RIGHT]);
  int slack = self->width == BF_WIDTH_WIDE ? 0 : SLACK, centre;

  gtk_widget_measure (GTK_WIDGET (self->centre), GTK_ORIENTATION_HORIZONTAL, -1, &centre, NULL, NULL, NULL);
  if (width >= MAX (WIDE, centre + left + right + slack))
    return BF_WIDTH_WIDE;
  return width >= MAX (MEDIUM, centre + left) ? BF_WIDTH_MEDIUM : BF_WIDTH_NARROW;
}

/* What a pane shows grew; once for each width that it asks for, since there may not be room for all. */
static gboolean
is_cut (BfPaneState *state)
{
  int least = get_least_width (state);

  if (!state->docked || !state->shown || least == state->tried || gtk_widget_get_width (state->pane) >= least)
    return FALSE;
  state->tried = least;
  return TRUE;
}

static gboolean
is_docked (BfWidth width,
           BfSide  side)
{
  return width == BF_WIDTH_WIDE || (width == BF_WIDTH_MEDIUM && side == BF_SIDE_LEFT);
}

/* Handle position of a column that is `width` px wide, and back: the right one is counted from the end. */
static int
convert (BfPaneState *state,
         BfSide       side,
         int          width)
{
  return side == BF_SIDE_LEFT ? width : gtk_widget_get_width (GTK_WIDGET (state->paned)) - width - 1;
}

static void
set_column_child (BfPaneState *state,
                  BfSide       side,
                  GtkWidget   *child)
{
  if (side == BF_SIDE_LEFT)
    gtk_paned_set_start_child (state->paned, child);
  else
    gtk_paned_set_end_child (state->paned, child);
}

static void
set_docked (BfWindow *self,
            BfSide    side,
            gboolean  docked)
{
  BfPaneState *state = &self->sides[side];

  if (state->docked == docked)
    return;
  g_object_ref (state->pane);
  state->docked = docked;
  state->open = FALSE;
  if (docked)
    {
      gtk_revealer_set_child (state->revealer, NULL);
      set_column_child (state, side, state->pane);
      self->settling = BF_SETTLING_ALLOCATION;
    }
  else
    {
      set_column_child (state, side, NULL);
      gtk_revealer_set_child (state->revealer, state->pane);
    }
  gtk_widget_set_size_request (state->pane, docked ? -1 : OVERLAY_WIDTH, -1);
  g_object_unref (state->pane);
}

static void
update_visible (BfWindow *self)
{
  gboolean open = FALSE;

  for (BfSide side = 0; side < BF_N_SIDES; side++)
    {
      BfPaneState *state = &self->sides[side];
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), state->action);

      open |= !state->docked && state->open;
      gtk_widget_set_visible (state->pane, state->docked ? state->shown : TRUE);
      gtk_widget_set_visible (GTK_WIDGET (state->revealer), !state->docked);
      gtk_revealer_set_reveal_child (state->revealer, !state->docked && state->open);
      g_simple_action_set_state (G_SIMPLE_ACTION (action),
                                 g_variant_new_boolean (state->docked ? state->shown : state->open));
    }
  gtk_revealer_set_reveal_child (self->scrim, open);
  gtk_widget_set_visible (GTK_WIDGET (self->scrim), open);
}

static void
append_item (GMenu      *menu,
             const char *label,
             const char *action,
             const char *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "accel", "s", key);
  g_menu_append_item (menu, item);
}

/* In a label an underline is written twice. */
static char *
escape_label (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text ? text : "", "_", -1);

  return g_strjoinv ("__", parts);
}

static gboolean
has_label (GMenu      *menu,
           int         i,
           const char *label)
{
  g_autofree char *now = NULL;

  return i < g_menu_model_get_n_items (G_MENU_MODEL (menu))
         && g_menu_model_get_item_attribute (G_MENU_MODEL (menu), i, G_MENU_ATTRIBUTE_LABEL, "s", &now)
         && g_str_equal (now, label);
}

/* Undo, redo and reset, with the names of the steps; an open menu is left alone while they stay. */
void
bf_window_update_narrow_menu (BfWindow *self)
{
  g_autofree char *undo_label = self->session ? bf_session_dup_undo_label (self->session) : NULL;
  g_autofree char *redo_label = self->session ? bf_session_dup_redo_label (self->session) : NULL;
  g_autofree char *undone = escape_label (undo_label), *redone = escape_label (redo_label);
  /* Translators: %s names a step, "Dense 4 removed" */
  g_autofree char *undo = *undone ? g_strdup_printf (_("_Undo “%s”"), undone) : g_strdup (_("_Undo"));
  g_autofree char *redo = *redone ? g_strdup_printf (_("_Redo “%s”"), redone) : g_strdup (_("_Redo"));

  if (self->width == BF_WIDTH_NARROW && has_label (self->narrow_menu, 0, undo) && has_label (self->narrow_menu, 1, redo))
    return;
  g_menu_remove_all (self->narrow_menu);
  if (self->width != BF_WIDTH_NARROW)
    return;
  append_item (self->narrow_menu, undo, "win.undo", "<Control>z");
  append_item (self->narrow_menu, redo, "win.redo", "<Control><Shift>z");
  append_item (self->narrow_menu, _("_Back to Step 0"), "run.reset", "<Control><Shift>r");
}

/* Undo, redo and reset go to the main menu where the header is too narrow for them. */
static void
update_header (BfWindow *self)
{
  gboolean narrow = self->width == BF_WIDTH_NARROW;

  (self->width == BF_WIDTH_WIDE ? gtk_widget_remove_css_class : gtk_widget_add_css_class) (GTK_WIDGET (self), "tight");
  gtk_widget_set_visible (self->undo_button, !narrow);
  gtk_widget_set_visible (self->redo_button, !narrow);
  gtk_widget_set_visible (self->reset_button, !narrow);
  bf_window_update_narrow_menu (self);
}

/* Puts the handles where they were last, or, when they are settled, remembers where the user put
 * them; a pane never gets narrower than its least. */
static void
update_handles (BfWindow *self)
{
  for (BfSide side = 0; side < BF_N_SIDES; side++)
    {
      BfPaneState *state = &self->sides[side];
      int width, least;

      if (!state->docked || !state->shown || gtk_widget_get_width (GTK_WIDGET (state->paned)) == 0)
        continue;
      least = get_least_width (state);
      width = self->settling ? state->width : convert (state, side, gtk_paned_get_position (state->paned));
      state->width = MAX (width, least);
      if (self->settling || width < least)
        gtk_paned_set_position (state->paned, convert (state, side, state->width));
    }
  self->settling = BF_SETTLED;
}

static gboolean
on_panes_idle (gpointer data)
{
  BfWindow *self = data;
  BfWidth width = get_class (self, gtk_widget_get_width (GTK_WIDGET (self)));
  BfHeight height = get_height_class (gtk_widget_get_height (GTK_WIDGET (self)));

  self->panes_idle = 0;
  if (height != self->height)
    bf_centre_set_picture_height (self->centre, picture_heights[height]);
  self->height = height;
  bf_diagnosis_strip_set_low (bf_centre_get_strip (self->centre), height != BF_HEIGHT_TALL);
  if (width == self->width)
    {
      if (self->settling != BF_SETTLING_ALLOCATION)
        update_handles (self);
      return G_SOURCE_REMOVE;
    }
  self->width = width;
  for (BfSide side = 0; side < BF_N_SIDES; side++)
    set_docked (self, side, is_docked (width, side));
  update_visible (self);
  update_header (self);
  return G_SOURCE_REMOVE;
}

static void
queue_idle (BfWindow *self)
{
  if (self->panes_idle == 0)
    self->panes_idle = g_idle_add (on_panes_idle, self);
}

void
bf_window_allocate_panes (BfWindow *self,
                          int       width,
                          int       height)
{
  if (self->settling == BF_SETTLING_ALLOCATION)
    self->settling = BF_SETTLING_HANDLES;
  if (self->settling || get_class (self, width) != self->width || get_height_class (height) != self->height
      || is_cut (&self->sides[BF_SIDE_LEFT]) || is_cut (&self->sides[BF_SIDE_RIGHT]))
    queue_idle (self);
}

void
bf_window_show_side (BfWindow *self,
                     BfSide    side,
                     gboolean  show)
{
  BfPaneState *state = &self->sides[side];

  if (state->docked)
    {
      if (show && !state->shown)
        self->settling = BF_SETTLING_ALLOCATION;
      state->shown = show;
    }
  else
    {
      for (BfSide other = 0; other < BF_N_SIDES; other++)
        self->sides[other].open = FALSE;
      state->open = show;
    }
  update_visible (self);
  if (show && !state->docked)
    gtk_widget_child_focus (state->pane, GTK_DIR_TAB_FORWARD);
}

gboolean
bf_window_close_overlays (BfWindow *self)
{
  gboolean any = FALSE;

  for (BfSide side = 0; side < BF_N_SIDES; side++)
    {
      any |= !self->sides[side].docked && self->sides[side].open;
      self->sides[side].open = FALSE;
    }
  if (any)
    update_visible (self);
  return any;
}

void
bf_window_next_pane (BfWindow *self,
                     int       direction)
{
  GtkWidget *panes[] = { self->left, GTK_WIDGET (self->centre), self->right };
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  int n = G_N_ELEMENTS (panes), at = direction > 0 ? n - 1 : 0;

  for (int i = 0; i < n; i++)
    if (focus && (focus == panes[i] || gtk_widget_is_ancestor (focus, panes[i])))
      at = i;
  for (int i = 1; i <= n; i++)
    {
      GtkWidget *pane = panes[(at + i * direction + n * n) % n];

      if (gtk_widget_get_mapped (pane) && gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD))
        return;
    }
}

void
bf_window_init_panes (BfWindow *self)
{
  self->width = BF_WIDTH_WIDE;
  self->sides[BF_SIDE_LEFT] = (BfPaneState) {
    .pane = self->left, .paned = self->outer_paned, .revealer = self->left_revealer, .action = "show-network",
  };
  self->sides[BF_SIDE_RIGHT] = (BfPaneState) {
    .pane = self->right, .paned = self->inner_paned, .revealer = self->right_revealer, .action = "show-remedies",
  };
  for (BfSide side = 0; side < BF_N_SIDES; side++)
    {
      self->sides[side].width = bf_settings_get_int (bf_settings_get (), width_settings[side]);
      self->sides[side].docked = self->sides[side].shown = TRUE;
      g_signal_connect_object (self->sides[side].paned, "notify::position", G_CALLBACK (queue_idle), self,
                               G_CONNECT_SWAPPED);
    }
  self->settling = BF_SETTLING_ALLOCATION;
  update_visible (self);
  update_header (self);
}

void
bf_window_dispose_panes (BfWindow *self)
{
  g_clear_handle_id (&self->panes_idle, g_source_remove);
}
