/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * “Open Recent” in the main menu: the files opened or saved last, by this window or another.
 */
#include <glib/gi18n-lib.h>

#include "bf-window-private.h"
#include "../lab/bf-settings.h"

/* A name in a menu: an underscore would be taken for a mnemonic. */
static char *
make_label (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", parts);

  return g_utf8_make_valid (escaped, -1);
}

static void
append_file (GMenu      *menu,
             const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autofree char *label = make_label (file);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "win.open-uri", "s", uri);
  g_menu_append_item (menu, item);
}

static void
update_menu (BfWindow *self)
{
  const char *const *files = bf_settings_get_recent (bf_settings_get ());
  g_autoptr (GMenu) menu = g_menu_new (), list = g_menu_new (), end = g_menu_new ();

  g_menu_remove_all (self->recent_menu);
  if (*files == NULL)
    return;
  for (; *files; files++)
    append_file (list, *files);
  g_menu_append (end, _("_Clear List"), "win.clear-recent");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (list));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  g_menu_append_submenu (self->recent_menu, _("Open _Recent"), G_MENU_MODEL (menu));
}

static void
on_open_uri (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  bf_window_open (data, file);
}

static void
on_clear_recent (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  bf_settings_clear_recent (bf_settings_get ());
}

static const GActionEntry actions[] = {
  { "clear-recent", on_clear_recent },
  { "open-uri", on_open_uri, "s" },
};

void
bf_window_init_recent (BfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (bf_settings_get (), "notify::recent-files", G_CALLBACK (update_menu), self,
                           G_CONNECT_SWAPPED);
  update_menu (self);
}

void
bf_window_add_recent (BfWindow *self,
                      GFile    *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  bf_settings_add_recent (bf_settings_get (), file);
  gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);   /* the desktop's own list */
}
