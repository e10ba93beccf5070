/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include <glib/gstdio.h>

#include "bf-settings.h"

static char *folder;

static BfSettings *
start (void)
{
  return g_object_new (BF_TYPE_SETTINGS, NULL);
}

/* Every property has a key of the same default and range in the schema, and the other way round. */
static void
test_schema (void)
{
  g_autoptr (BfSettings) settings = start ();
  GSettingsSchemaSource *source = g_settings_schema_source_new_from_directory (BF_BUILD_SCHEMA_DIR, NULL, TRUE, NULL);
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, "io.github.backflow.Backflow", FALSE);
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (settings), &n);
  g_assert_cmpuint (n, ==, g_strv_length (keys));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSettingsSchemaKey) key = NULL;
      g_autoptr (GVariant) fallback = NULL, range = NULL;

      g_assert_true (g_settings_schema_has_key (schema, specs[i]->name));
      key = g_settings_schema_get_key (schema, specs[i]->name);
      fallback = g_settings_schema_key_get_default_value (key);
      range = g_settings_schema_key_get_range (key);
      if (G_IS_PARAM_SPEC_INT (specs[i]))
        {
          g_autoptr (GVariant) inner = NULL, pair = NULL;
          int least, most;

          g_assert_cmpint (g_variant_get_int32 (fallback), ==, G_PARAM_SPEC_INT (specs[i])->default_value);
          inner = g_variant_get_child_value (range, 1);
          pair = g_variant_get_variant (inner);
          g_variant_get (pair, "(ii)", &least, &most);
          g_assert_cmpint (least, ==, G_PARAM_SPEC_INT (specs[i])->minimum);
          g_assert_cmpint (most, ==, G_PARAM_SPEC_INT (specs[i])->maximum);
        }
      else if (G_IS_PARAM_SPEC_STRING (specs[i]))
        g_assert_cmpstr (g_variant_get_string (fallback, NULL), ==, G_PARAM_SPEC_STRING (specs[i])->default_value);
      else if (G_IS_PARAM_SPEC_BOOLEAN (specs[i]))
        g_assert_cmpint (g_variant_get_boolean (fallback), ==, G_PARAM_SPEC_BOOLEAN (specs[i])->default_value);
    }
  g_settings_schema_source_unref (source);
}

static void
on_notify (guint *count)
{
  ++*count;
}

static void
test_kept (void)
{
  g_autoptr (BfSettings) settings = start ();
  guint count = 0;

  g_signal_connect_swapped (settings, "notify::threads", G_CALLBACK (on_notify), &count);
  bf_settings_set_int (settings, "threads", 3);
  bf_settings_set_int (settings, "threads", 3);
  g_assert_cmpuint (count, ==, 1);
  bf_settings_set_text (settings, "figure-format", "svg");
  bf_settings_set_int (settings, "subnormals", TRUE);
  g_settings_sync ();
  g_clear_object (&settings);

  settings = start ();
  g_assert_cmpint (bf_settings_get_int (settings, "threads"), ==, 3);
  g_assert_cmpint (bf_settings_get_int (settings, "subnormals"), ==, TRUE);
  g_assert_cmpstr (bf_settings_get_text (settings, "figure-format"), ==, "svg");
}

static void
test_notebook (void)
{
  g_autoptr (BfSettings) settings = start ();
  g_autofree char *usual = bf_settings_dup_notebook_folder (settings), *chosen = NULL;

  g_assert_true (g_str_has_suffix (usual, "/backflow"));
  bf_settings_set_text (settings, "notebook-folder", "/somewhere/else");
  chosen = bf_settings_dup_notebook_folder (settings);
  g_assert_cmpstr (chosen, ==, "/somewhere/else");
  bf_settings_set_text (settings, "notebook-folder", "");
}

static void
test_recent (void)
{
  g_autoptr (BfSettings) settings = start ();
  g_autoptr (GFile) first = g_file_new_for_path ("/a/0.backflow");

  g_assert_null (bf_settings_get_recent (settings)[0]);
  for (guint i = 0; i < 15; i++)
    {
      g_autofree char *path = g_strdup_printf ("/a/%u.backflow", i);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      bf_settings_add_recent (settings, file);
    }
  bf_settings_add_recent (settings, first);
  g_assert_cmpstr (bf_settings_get_recent (settings)[0], ==, "file:///a/0.backflow");
  g_assert_cmpstr (bf_settings_get_recent (settings)[1], ==, "file:///a/14.backflow");
  g_assert_cmpuint (g_strv_length ((GStrv) bf_settings_get_recent (settings)), ==, 10);
  bf_settings_add_recent (settings, first);
  g_assert_cmpuint (g_strv_length ((GStrv) bf_settings_get_recent (settings)), ==, 10);
  bf_settings_remove_recent (settings, first);
  g_assert_cmpstr (bf_settings_get_recent (settings)[0], ==, "file:///a/14.backflow");
  bf_settings_clear_recent (settings);
  g_assert_null (bf_settings_get_recent (settings)[0]);
}

/* What someone wrote into the file by hand is taken where it makes sense. */
static void
test_by_hand (void)
{
  g_autofree char *path = g_build_filename (folder, "backflow", "settings.ini", NULL);
  g_autoptr (BfSettings) settings = NULL;
  const char *text = "[Backflow]\nthreads=999\nfigure-resolution='many'\nleft-width=300\nunheard-of=1\n";

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  settings = start ();
  g_assert_cmpint (bf_settings_get_int (settings, "threads"), ==, 0);
  g_assert_cmpint (bf_settings_get_int (settings, "figure-resolution"), ==, 200);
  g_assert_cmpint (bf_settings_get_int (settings, "left-width"), ==, 300);
}

/* Nothing can be kept: it works, for as long as the program runs. */
static void
test_no_folder (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (BfSettings) settings = NULL;

      g_setenv ("XDG_CONFIG_HOME", "/dev/null", TRUE);
      settings = start ();
      bf_settings_set_int (settings, "threads", 4);
      g_assert_cmpint (bf_settings_get_int (settings, "threads"), ==, 4);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  int result;

  g_unsetenv ("GSETTINGS_BACKEND");
  folder = g_dir_make_tmp ("backflow-settings-XXXXXX", NULL);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/schema", test_schema);
  g_test_add_func ("/settings/kept", test_kept);
  g_test_add_func ("/settings/notebook", test_notebook);
  g_test_add_func ("/settings/recent", test_recent);
  g_test_add_func ("/settings/by-hand", test_by_hand);
  g_test_add_func ("/settings/no-folder", test_no_folder);
  result = g_test_run ();
  g_free (folder);
  return result;
}
