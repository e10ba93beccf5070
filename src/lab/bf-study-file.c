/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Studies as JSON, and the ready-made ones: the files in the program's studies folder. Adding a
 * file adds one.
 */
#include "bf-study.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "../engine/data/bf-dataset.h"
#include "bf-file-reader.h"
#include "bf-remedy.h"

#define ENDING ".study"

/* The experiment of a row: a ready-made one's id, or a path that starts at the study's folder. */
static BfSpec *
load_base (BfFileReader *self, const char *what, const char *folder)
{
  gboolean is_path = strchr (what, G_DIR_SEPARATOR) || g_str_has_suffix (what, ".backflow");
  g_autofree char *path = is_path && folder ? g_canonicalize_filename (what, folder) : g_strdup (what);
  g_auto (GStrv) warnings = NULL;
  GError *cause = NULL;
  BfSpec *spec = bf_experiment_load_any (path, &warnings, &cause);

  if (!spec)
    bf_file_fail_with (self, cause);
  for (guint i = 0; warnings && warnings[i]; i++)
    g_ptr_array_add (self->warnings, g_strdup (warnings[i]));
  return spec;
}

/* "experiment": one as in a .backflow file, in the study or in a row; *spec stays NULL without it. */
static gboolean
read_experiment (BfFileReader *self, JsonObject *object, BfSpec **spec)
{
  JsonNode *node = json_object_get_member (object, "experiment");
  gsize before = bf_file_enter (self, "experiment", 0);
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);
  BfFileReader inner = *self;

  /* Its layers are counted by themselves, and it has a version of its own. */
  inner.ids = ids;
  inner.n_layers = 0;
  inner.version = BF_FILE_VERSION;
  if (node)
    *spec = bf_file_read_spec (&inner, node);
  bf_file_leave (self, before);
  return !node || *spec;
}

/* The row's own experiment, or the one that it names, or else the study's (may be NULL). */
static gboolean
read_base (BfFileReader *self, JsonObject *object, const char *folder, BfSpec *common, BfSpec **base)
{
  JsonNode *node = json_object_get_member (object, "base");
  const char *what = node ? bf_file_get_text (node) : NULL;
  g_autoptr (BfSpec) loaded = NULL;
  gsize before;

  if (!node && !read_experiment (self, object, &loaded))
    return FALSE;
  before = bf_file_enter (self, "base", 0);
  if (what)
    loaded = load_base (self, what, folder);
  else if (!loaded && !node && common)
    loaded = bf_spec_ref (common);
  else if (!loaded)
    bf_file_fail (self, _("the name of an experiment in quotation marks is expected."));
  bf_file_leave (self, before);
  if (!loaded)
    return FALSE;
  *base = bf_spec_copy (loaded);
  return TRUE;
}

/* "start": the starting weights of every dense layer. */
static gboolean
read_start (BfFileReader *self, JsonObject *object, BfSpec *base)
{
  g_autoptr (BfOptions) start = NULL;

  if (!bf_file_read_choice_member (self, object, "start", bf_initializers, _("Initializer"), &start))
    return FALSE;
  for (guint b = 0; start && b < base->blocks->len; b++)
    {
      const BfBlock *block = base->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          BfLayer *layer = block->layers->pdata[i];

          if (bf_options_is (layer->options, "dense"))
            bf_remedy_copy_choice (layer->options, "start", start);
        }
    }
  return TRUE;
}

/* "copies": how often the experiment's one block of several copies is repeated, which is its depth. */
static gboolean
read_copies (BfFileReader *self, JsonObject *object, BfSpec *base)
{
  double copies = 0;

  if (!bf_file_read_number (self, object, "copies", 1, BF_MAX_COPIES, TRUE, &copies))
    return FALSE;
  if (copies == 0)
    return TRUE;
  for (guint b = 0; b < base->blocks->len; b++)
    {
      BfBlock *block = base->blocks->pdata[b];

      if (!block->group)
        continue;
      block->count = (guint) copies;
      return TRUE;
    }
  return bf_file_fail (self, _("“copies” needs an experiment that has a block."));
}

static gboolean
read_remedies (BfFileReader *self, JsonObject *object, BfSpec *base)
{
  JsonNode *node = json_object_get_member (object, "remedies");
  gsize before = bf_file_enter (self, "remedies", 0);
  gboolean ok = TRUE;

  if (node && !JSON_NODE_HOLDS_ARRAY (node))
    ok = bf_file_fail (self, _("a list in brackets is expected."));
  for (guint i = 0; ok && node && i < json_array_get_length (json_node_get_array (node)); i++)
    {
      const char *text = bf_file_get_text (json_array_get_element (json_node_get_array (node), i));
      gsize outside = bf_file_enter (self, NULL, i);
      GError *cause = NULL;

      if (!text)
        ok = bf_file_fail (self, _("a text in quotation marks is expected."));
      else if (!bf_spec_add_remedy_string (base, text, &cause))
        ok = bf_file_fail_with (self, cause);
      bf_file_leave (self, outside);
    }
  bf_file_leave (self, before);
  return ok;
}

static gboolean
read_published (BfFileReader *self, JsonObject *object, BfStudyRow *row)
{
  static const char *const known[] = { "test_accuracy", "train_loss", NULL };
  JsonNode *node = json_object_get_member (object, "published");
  gsize before = bf_file_enter (self, "published", 0);
  gboolean ok;

  if (!node)
    ok = TRUE;
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    ok = bf_file_fail (self, _("an object in braces is expected."));
  else
    {
      JsonObject *numbers = json_node_get_object (node);

      ok = bf_file_read_number (self, numbers, "test_accuracy", 0, 1, FALSE, &row->published_test_accuracy)
           && bf_file_read_number (self, numbers, "train_loss", 0, G_MAXFLOAT, FALSE, &row->published_train_loss);
      bf_file_check_keys (self, numbers, known, NULL);
    }
  bf_file_leave (self, before);
  return ok;
}

static gboolean
check_row_id (BfFileReader *self, const BfStudy *study, const char *id)
{
  if (!id || !*id)
    return bf_file_fail (self, _("a row needs an “id”."));
  for (guint i = 0; i < study->rows->len; i++)
    if (g_str_equal (((BfStudyRow *) study->rows->pdata[i])->id, id))
      return bf_file_fail (self, _("another row has the id “%s” already."), id);
  return TRUE;
}

static gboolean
read_row (BfFileReader *self, JsonNode *node, const char *folder, BfSpec *common, BfStudy *study)
{
  static const char *const known[] = { "id", "label", "base", "experiment", "copies", "start", "remedies", "published", "note", NULL };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autofree char *id = NULL, *label = NULL;
  g_autoptr (BfSpec) base = NULL;
  BfStudyRow *row;

  if (!object)
    return bf_file_fail (self, _("a row, an object in braces, is expected."));
  if (!bf_file_read_text (self, object, "id", &id) || !check_row_id (self, study, id)
      || !bf_file_read_text (self, object, "label", &label)
      || !read_base (self, object, folder, common, &base)
      || !read_copies (self, object, base)
      || !read_start (self, object, base)
      || !read_remedies (self, object, base))
    return FALSE;
  row = bf_study_add_row (study, id, label ? label : id, base);
  bf_file_check_keys (self, object, known, NULL);
  return bf_file_read_text (self, object, "note", &row->note) && read_published (self, object, row);
}

static gboolean
read_rows (BfFileReader *self, JsonObject *object, const char *folder, BfSpec *common, BfStudy *study)
{
  JsonNode *node = json_object_get_member (object, "rows");
  gsize before = bf_file_enter (self, "rows", 0);
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean ok = TRUE;

  if (!array || json_array_get_length (array) == 0)
    ok = bf_file_fail (self, _("a study needs “rows”, a list of at least one row in brackets."));
  else if (json_array_get_length (array) > BF_STUDY_MAX_ROWS)
    ok = bf_file_fail (self, _("there are more than %d rows."), BF_STUDY_MAX_ROWS);
  for (guint i = 0; ok && i < json_array_get_length (array); i++)
    {
      gsize outside = bf_file_enter (self, NULL, i);

      ok = read_row (self, json_array_get_element (array, i), folder, common, study);
      bf_file_leave (self, outside);
    }
  bf_file_leave (self, before);
  return ok;
}

static gboolean
read_header (BfFileReader *self, JsonObject *object)
{
  JsonNode *format = json_object_get_member (object, "format");
  double version = 0;

  if (!format || g_strcmp0 (bf_file_get_text (format), "backflow-study") != 0)
    return bf_file_fail (self, _("This is no study of Backflow: the key “format” is not “backflow-study”."));
  if (!json_object_has_member (object, "version"))
    return bf_file_fail (self, _("The key “version” is missing. This program reads version %d."), BF_FILE_VERSION);
  if (!bf_file_read_number (self, object, "version", 1, 1e6, TRUE, &version))
    return FALSE;
  self->version = (gint64) version;
  return TRUE;
}

static BfStudy *
read_study (BfFileReader *self, JsonNode *root, const char *folder)
{
  static const char *const known[] = { "format", "version", "name", "summary", "seeds", "epochs", "experiment", "rows", NULL };
  g_autoptr (BfStudy) study = bf_study_new (self->name, self->name);
  g_autoptr (BfSpec) common = NULL;
  double seeds = 1, epochs = 0;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      bf_file_fail (self, _("This is no study of Backflow: an object in braces is expected."));
      return NULL;
    }
  object = json_node_get_object (root);
  if (!read_header (self, object)
      || !bf_file_read_text (self, object, "name", &study->name)
      || !bf_file_read_text (self, object, "summary", &study->summary)
      || !bf_file_read_number (self, object, "seeds", 1, BF_STUDY_MAX_SEEDS, TRUE, &seeds)
      || !bf_file_read_number (self, object, "epochs", 1, BF_MAX_EPOCHS, TRUE, &epochs)
      || !read_experiment (self, object, &common)
      || !read_rows (self, object, folder, common, study))
    return NULL;
  g_free (study->id);
  study->id = g_strdup (study->name);
  study->seeds = (guint) seeds;
  study->epochs = (guint) epochs;
  bf_file_check_keys (self, object, known, NULL);
  return g_steal_pointer (&study);
}

BfStudy *
bf_study_parse (const char *text, gssize length, const char *name, const char *folder, GStrv *warnings, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GString) place = g_string_new (NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  BfFileReader reader = { .name = name, .place = place, .version = BF_FILE_VERSION, .warnings = found, .error = error };
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;
  BfStudy *study;

  if (warnings)
    *warnings = NULL;
  if (!bf_file_check_text (&reader, text, size))
    return NULL;
  root = bf_file_read_json (&reader, parser, text, size);
  study = root ? read_study (&reader, root, folder) : NULL;
  if (study && warnings && found->len > 0)
    {
      g_ptr_array_add (found, NULL);
      *warnings = (GStrv) g_ptr_array_free (g_steal_pointer (&found), FALSE);
    }
  return study;
}

static BfStudy *
load (const char *path, GStrv *warnings, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, "standard::type,standard::size", G_FILE_QUERY_INFO_NONE, NULL, NULL);
  gsize length;

  if (info && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not a file."), name);
  else if (info && g_file_info_get_size (info) > BF_FILE_MAX_BYTES)
    g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s” has more than %d MiB; a study is a page of text."),
                 name, BF_FILE_MAX_BYTES >> 20);
  else if (!g_file_get_contents (path, &text, &length, &cause))
    g_set_error_literal (error, BF_ERROR, BF_ERROR_FILE, cause->message);
  else
    return bf_study_parse (text, (gssize) length, name, absolute, warnings, error);
  return NULL;
}

/* Ready-made studies */

static char *
get_folder (void)
{
  return g_build_filename (bf_data_dir (), "studies", NULL);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
bf_studies_list (GError **error)
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
  g_ptr_array_add (ids, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

static BfStudy *
load_ready_made (const char *id, GStrv *warnings, GError **error)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *file = g_strconcat (id, ENDING, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  BfStudy *study = load (path, warnings, error);

  if (study)
    {
      g_free (study->id);
      study->id = g_strdup (id);
    }
  return study;
}

BfStudy *
bf_study_load_any (const char *what, GStrv *warnings, GError **error)
{
  g_auto (GStrv) ids = bf_studies_list (error);
  g_autofree char *known = NULL;

  if (warnings)
    *warnings = NULL;
  if (!ids)
    return NULL;
  if (g_strv_contains ((const char *const *) ids, what))
    return load_ready_made (what, warnings, error);
  if (strchr (what, G_DIR_SEPARATOR) || g_str_has_suffix (what, ENDING) || g_file_test (what, G_FILE_TEST_EXISTS))
    return load (what, warnings, error);
  known = g_strjoinv (", ", ids);
  g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("“%s” is neither a file nor a ready-made study. There are: %s."),
               what, known);
  return NULL;
}
