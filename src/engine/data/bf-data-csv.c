/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tables of numbers with a target column, from a CSV file.
 */
#include "bf-dataset.h"

#include <glib/gi18n-lib.h>
#include "bf-csv.h"

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The one table in a folder. */
static char *
find_table (const char *folder, GError **error)
{
  g_autofree char *display = g_filename_display_name (folder);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *names = NULL;
  const char *name;

  if (!dir)
    return NULL;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);

      if (g_str_has_suffix (lower, ".csv") || g_str_has_suffix (lower, ".tsv"))
        g_ptr_array_add (found, g_strdup (name));
    }
  if (found->len == 1)
    return g_build_filename (folder, found->pdata[0], NULL);
  if (found->len == 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” holds no table. Looked for a file whose name ends in .csv or .tsv."),
                   display);
      return NULL;
    }
  g_ptr_array_sort (found, compare_paths);
  g_ptr_array_set_size (found, MIN (found->len, 10));
  for (guint i = 0; i < found->len; i++)
    {
      g_autofree char *before = g_steal_pointer (&names);
      g_autofree char *shown = g_filename_display_name (found->pdata[i]);

      names = before ? g_strdup_printf ("%s, %s", before, shown) : g_strdup (shown);
    }
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” holds several tables: %s. Choose one of them."), display, names);
  return NULL;
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  const char *chosen = folder ? folder : bf_options_text (options, "file");
  g_autofree char *path = NULL;

  if (!*chosen)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("No CSV file is chosen."));
      return NULL;
    }
  path = g_file_test (chosen, G_FILE_TEST_IS_DIR) ? find_table (chosen, error) : g_strdup (chosen);
  return path ? bf_csv_read (path, bf_options_text (options, "target"), seed, cancellable, error) : NULL;
}

static const BfParam params[] = {
  { "file", N_("File"), BF_PARAM_TEXT },
  { "target", N_("Target Column"), BF_PARAM_TEXT },
  { NULL },
};

const BfDataSource bf_data_csv = {
  .kind = {
    .id = "csv",
    .name = N_("CSV Table"),
    .summary = N_("A table of numbers; the last column or the one chosen is the target, words in it make classes"),
    .params = params,
  },
  .load = load,
};
