/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The actions `win.*` and `run.*`: what keys, buttons, menus and tests call.
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-window-private.h"
#include "../lab/bf-remedy.h"

static BfExperiment *
get_experiment (BfWindow *self)
{
  return bf_session_get_experiment (self->session);
}

static void
on_train (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  BfWindow *self = data;

  bf_session_train (self->session);
  bf_window_watch (self);
}

static void
on_step (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;

  bf_session_step (self->session);
  bf_window_watch (self);
}

static void
on_reset (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  BfWindow *self = data;

  bf_session_reset (self->session);
  bf_window_watch (self);
}

static void
on_learning_rate (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       data)
{
  BfWindow *self = data;
  double rate = g_variant_get_double (parameter);
  BfSpec *spec;

  if (!(rate >= 0 && rate <= 1000))
    return;
  spec = bf_experiment_copy_spec (get_experiment (self));
  spec->learning_rate = rate;
  bf_experiment_edit (get_experiment (self), spec, _("Learning Rate"), "learning-rate");
}

static void
on_undo (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;

  bf_network_pane_flash (self->network_pane);
  bf_session_undo (self->session);
}

static void
on_redo (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;

  bf_network_pane_flash (self->network_pane);
  bf_session_redo (self->session);
}

static void
on_open (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  bf_window_choose_file (data);
}

static void
on_open_example (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  bf_window_open_example (data, g_variant_get_string (parameter, NULL));
}

static void
on_save (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  bf_window_save (data);
}

static void
on_save_as (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  bf_window_save_as (data);
}

static void
on_add_layer (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  BfWindow *self = data;

  bf_window_show_side (self, BF_SIDE_LEFT, TRUE);
  bf_network_pane_add (self->network_pane);
}

static void
on_add_kind (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       data)
{
  bf_network_pane_add_kind (((BfWindow *) data)->network_pane, g_variant_get_string (parameter, NULL));
}

static void
on_layer_move (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  bf_network_pane_move (((BfWindow *) data)->network_pane, g_variant_get_int32 (parameter));
}

#define LAYER_ACTION(verb)                                                          \
static void                                                                        \
on_layer_##verb (GSimpleAction *action,                                             \
                 GVariant      *parameter,                                          \
                 gpointer       data)                                               \
{                                                                                  \
  bf_network_pane_##verb (((BfWindow *) data)->network_pane);                       \
}

LAYER_ACTION (edit)
LAYER_ACTION (duplicate)
LAYER_ACTION (remove)
LAYER_ACTION (group)
LAYER_ACTION (ungroup)
LAYER_ACTION (unlink)

/* "batch-norm", or with parameters as on the command line, "activation:function=relu". */
static void
on_remedy_apply (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  BfWindow *self = data;
  const char *text = g_variant_get_string (parameter, NULL);
  g_autofree char *id = g_strndup (text, strcspn (text, ":"));

  if (bf_remedy_find (id) == NULL)
    return;
  if (strchr (text, ':') == NULL)
    bf_experiment_set_remedy (get_experiment (self), id, TRUE);
  else if (!bf_experiment_add_remedy (get_experiment (self), text, NULL))
    return;
  bf_remedy_pane_show (self->remedy_pane, id);
}

static void
on_remedy_explain (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  BfWindow *self = data;

  bf_diagnosis_strip_explain (bf_centre_get_strip (self->centre), g_variant_get_string (parameter, NULL));
}

static void
on_go_to (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  bf_session_set_cursor_step (((BfWindow *) data)->session, g_variant_get_uint64 (parameter));
}

static void
on_remedy_show (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  BfWindow *self = data;
  const char *id = g_variant_get_string (parameter, NULL);

  if (bf_remedy_find (id) == NULL)
    return;
  bf_window_show_side (self, BF_SIDE_RIGHT, TRUE);
  bf_remedy_pane_show (self->remedy_pane, id);
}

static void
on_show_side (GSimpleAction *action,
              GVariant      *state,
              gpointer       data)
{
  BfSide side = g_str_equal (g_action_get_name (G_ACTION (action)), "show-network") ? BF_SIDE_LEFT : BF_SIDE_RIGHT;

  bf_window_show_side (data, side, g_variant_get_boolean (state));
}

static void
on_next_pane (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  bf_window_next_pane (data, 1);
}

static void
on_previous_pane (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       data)
{
  bf_window_next_pane (data, -1);
}

static void
on_fullscreen (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  if (gtk_window_is_fullscreen (data))
    gtk_window_unfullscreen (data);
  else
    gtk_window_fullscreen (data);
}

static const GActionEntry window_actions[] = {
  { "add-kind", on_add_kind, "s" },
  { "add-layer", on_add_layer },
  { "fullscreen", on_fullscreen },
  { "layer-duplicate", on_layer_duplicate },
  { "layer-edit", on_layer_edit },
  { "layer-group", on_layer_group },
  { "layer-move", on_layer_move, "i" },
  { "layer-remove", on_layer_remove },
  { "layer-ungroup", on_layer_ungroup },
  { "layer-unlink", on_layer_unlink },
  { "next-pane", on_next_pane },
  { "open", on_open },
  { "open-example", on_open_example, "s" },
  { "previous-pane", on_previous_pane },
  { "redo", on_redo },
  { "remedy-apply", on_remedy_apply, "s" },
  { "remedy-explain", on_remedy_explain, "s" },
  { "remedy-show", on_remedy_show, "s" },
  { "save", on_save },
  { "save-as", on_save_as },
  { "show-network", NULL, NULL, "true", on_show_side },
  { "show-remedies", NULL, NULL, "true", on_show_side },
  { "undo", on_undo },
};

static const GActionEntry run_actions[] = {
  { "go-to", on_go_to, "t" },
  { "learning-rate", on_learning_rate, "d" },
  { "reset", on_reset },
  { "step", on_step },
  { "train", on_train },
};

static void
enable (GActionMap *map,
        const char *name,
        gboolean    enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, name)), enabled);
}

static void
set_tooltip (GtkWidget  *widget,
             const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

static void
update_undo (BfWindow *self)
{
  g_autofree char *undo = bf_session_dup_undo_label (self->session), *redo = bf_session_dup_redo_label (self->session);
  /* Translators: %s names a step, "Dense 4 removed" */
  g_autofree char *undo_text = undo ? g_strdup_printf (_("Undo “%s” (Ctrl+Z)"), undo) : NULL;
  g_autofree char *redo_text = redo ? g_strdup_printf (_("Redo “%s” (Ctrl+Shift+Z)"), redo) : NULL;

  enable (G_ACTION_MAP (self), "undo", undo != NULL);
  enable (G_ACTION_MAP (self), "redo", redo != NULL);
  set_tooltip (self->undo_button, undo_text ? undo_text : _("Undo (Ctrl+Z)"));
  set_tooltip (self->redo_button, redo_text ? redo_text : _("Redo (Ctrl+Shift+Z)"));
  bf_window_update_narrow_menu (self);
}

void
bf_window_update_actions (BfWindow *self)
{
  GActionMap *run = G_ACTION_MAP (self->run_actions);
  const BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  BfRunState state = bf_session_get_state (self->session);
  gboolean usable = bf_session_get_plan (self->session)->error == NULL
                    && state != BF_RUN_LOADING && state != BF_RUN_FAILED;

  enable (run, "train", usable);
  enable (run, "step", usable && state != BF_RUN_TRAINING && state != BF_RUN_DIVERGED);
  enable (run, "reset", usable && snapshot && snapshot->steps > 0);
  update_undo (self);
}

void
bf_window_init_actions (BfWindow *self)
{
  self->run_actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), window_actions, G_N_ELEMENTS (window_actions), self);
  g_action_map_add_action_entries (G_ACTION_MAP (self->run_actions), run_actions, G_N_ELEMENTS (run_actions), self);
  bf_centre_add_actions (self->centre, G_ACTION_MAP (self), G_ACTION_MAP (self->run_actions));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "run", G_ACTION_GROUP (self->run_actions));
}
