/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Ready-made experiments: the files in the program's experiments folder. Adding a file adds one.
 */
#include "bf-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "../engine/data/bf-dataset.h"

#define ENDING ".backflow"

void
bf_example_free (BfExample *example)
{
  g_free (example->id);
  g_free (example->name);
  g_free (example->summary);
  g_free (example);
}

static char *
get_folder (void)
{
  return g_build_filename (bf_data_dir (), "experiments", NULL);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Ids in order, or NULL with error. */
static GPtrArray *
list_ids (GError **error)
{
  g_autofree char *folder = get_folder ();
  g_autoptr (GDir) files = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  if (!files)
    return NULL;
  while ((file = g_dir_read_name (files)))
    if (g_str_has_suffix (file, ENDING))
      g_ptr_array_add (ids, g_strndup (file, strlen (file) - strlen (ENDING)));
  g_ptr_array_sort (ids, compare_ids);
  return g_steal_pointer (&ids);
}

GPtrArray *
bf_examples_list (GError **error)
{
  g_autoptr (GPtrArray) ids = list_ids (error);
  g_autoptr (GPtrArray) examples = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_example_free);

  for (guint i = 0; ids && i < ids->len; i++)
    {
      g_autoptr (BfSpec) spec = bf_examples_load (ids->pdata[i], error);
      BfExample *example;

      if (!spec)
        return NULL;
      example = g_new0 (BfExample, 1);
      example->id = g_strdup (ids->pdata[i]);
      example->name = g_strdup (spec->name);
      example->summary = g_strdup (spec->summary);
      g_ptr_array_add (examples, example);
    }
  return ids ? g_steal_pointer (&examples) : NULL;
}

/* The path of a ready-made experiment, or NULL when there is none of that id. */
static char *
find_path (const char *id)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *file = g_strconcat (id, ENDING, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  /* An id is no way out of the folder. */
  if (*id == '\0' || strchr (id, '/') || strchr (id, G_DIR_SEPARATOR) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  return g_steal_pointer (&path);
}

BfSpec *
bf_examples_load (const char *id, GError **error)
{
  g_autofree char *path = find_path (id);
  g_autoptr (GPtrArray) ids = NULL;
  g_autofree char *known = NULL;

  if (path)
    return bf_file_load (path, NULL, error);
  ids = list_ids (error);
  if (!ids)
    return NULL;
  g_ptr_array_add (ids, NULL);
  known = g_strjoinv (", ", (char **) ids->pdata);
  g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN,
               _("“%s” is neither a file nor a ready-made experiment. There are: %s."), id, known);
  return NULL;
}

BfSpec *
bf_experiment_load_any (const char *what, GStrv *warnings, GError **error)
{
  g_autofree char *path = find_path (what);

  if (!path && (strchr (what, G_DIR_SEPARATOR) || g_str_has_suffix (what, ENDING)
                || g_file_test (what, G_FILE_TEST_EXISTS)))
    return bf_file_load (what, warnings, error);
  if (warnings)
    *warnings = NULL;
  return path ? bf_file_load (path, warnings, error) : bf_examples_load (what, error);
}
