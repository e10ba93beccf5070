/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The four files of an MNIST-like set, found by their names in a folder. E-MNIST puts several sets
 * into one folder ("emnist-letters-train-images-idx3-ubyte.gz"), stores its images with rows and
 * columns exchanged, and counts the classes of its letters from 1; all three are undone here.
 */
#include "bf-idx-folder.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "bf-count.h"
#include "bf-idx.h"

typedef enum { TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS, N_ROLES } Role;

/* The files of one set in a folder; prefix is "" or "emnist-letters". */
typedef struct
{
  char *prefix;
  char *paths[N_ROLES];
} FileSet;

static void
file_set_free (FileSet *self)
{
  g_free (self->prefix);
  for (guint role = 0; role < N_ROLES; role++)
    g_free (self->paths[role]);
  g_free (self);
}

static FileSet *
get_file_set (GPtrArray *sets, const char *prefix)
{
  FileSet *set;

  for (guint i = 0; i < sets->len; i++)
    if (g_str_equal (((FileSet *) sets->pdata[i])->prefix, prefix))
      return sets->pdata[i];
  set = g_new0 (FileSet, 1);
  set->prefix = g_strdup (prefix);
  g_ptr_array_add (sets, set);
  return set;
}

static int
compare_file_sets (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(FileSet *const *) a)->prefix, (*(FileSet *const *) b)->prefix);
}

/* All sets of a folder in alphabetic order; a raw file is preferred to its .gz. */
static GPtrArray *
find_sets (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func ((GDestroyNotify) file_set_free);
  g_autoptr (GRegex) pattern = g_regex_new ("^(?:(.+?)[-_.])?(train|t10k|test)[-_.](images|labels)[-_.]idx[13][-_.]ubyte(\\.gz)?$",
                                            G_REGEX_CASELESS | G_REGEX_RAW, 0, NULL);
  const char *name;

  if (!dir)
    return NULL;
  while ((name = g_dir_read_name (dir)))
    {
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree char *prefix = NULL;
      g_autofree char *part = NULL;
      g_autofree char *content = NULL;
      g_autofree char *packed = NULL;
      char **slot;
      Role role;

      if (!g_regex_match (pattern, name, 0, &match))
        continue;
      prefix = g_match_info_fetch (match, 1);
      part = g_match_info_fetch (match, 2);
      content = g_match_info_fetch (match, 3);
      packed = g_match_info_fetch (match, 4);
      role = (g_ascii_strcasecmp (part, "train") == 0 ? TRAIN_IMAGES : TEST_IMAGES)
             + (g_ascii_strcasecmp (content, "labels") == 0);
      slot = &get_file_set (sets, prefix)->paths[role];
      if (*slot && packed && *packed)
        continue;
      g_free (*slot);
      *slot = g_build_filename (folder, name, NULL);
    }
  g_ptr_array_sort (sets, compare_file_sets);
  return g_steal_pointer (&sets);
}

gboolean
bf_idx_folder_has_images (const char *folder)
{
  g_autoptr (GPtrArray) sets = find_sets (folder, NULL);

  for (guint i = 0; sets && i < sets->len; i++)
    if (((FileSet *) sets->pdata[i])->paths[TRAIN_IMAGES])
      return TRUE;
  return FALSE;
}

static gboolean
matches (const FileSet *set, const char *wanted)
{
  const char *dash = strrchr (set->prefix, '-');

  return g_ascii_strcasecmp (set->prefix, wanted) == 0 || (dash && g_ascii_strcasecmp (dash + 1, wanted) == 0);
}

/* The set asked for; without a wish the one without a prefix, or the only one. */
static const FileSet *
choose_set (GPtrArray *sets, const char *wanted, const char *folder, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  if (sets->len == 1 && !*wanted)
    return sets->pdata[0];
  for (guint i = 0; i < sets->len; i++)
    {
      const FileSet *set = sets->pdata[i];

      if (matches (set, wanted))
        return set;
      g_string_append_printf (known, "%s%s", known->len ? ", " : "", set->prefix);
    }
  if (*wanted)
    g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("“%s” has no set “%s”. It has: %s."), folder, wanted, known->str);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” has several sets: %s. Choose one by its name."),
                 folder, known->str);
  return NULL;
}

static gboolean
check_complete (const FileSet *set, const char *folder, GError **error)
{
  static const char *const looked_for[N_ROLES] = {
    N_("There are no training images. Looked for train-images-idx3-ubyte and train-images.idx3-ubyte, also with .gz and with a prefix."),
    N_("There are training images but no training labels. Looked for train-labels-idx1-ubyte and train-labels.idx1-ubyte, also with .gz and with a prefix."),
    N_("There are test labels but no test images. Looked for t10k-images-idx3-ubyte and test-images-idx3-ubyte, also with .gz and with a prefix."),
    N_("There are test images but no test labels. Looked for t10k-labels-idx1-ubyte and test-labels-idx1-ubyte, also with .gz and with a prefix."),
  };

  for (guint role = 0; role < N_ROLES; role++)
    if (!set || (!set->paths[role] && (role < TEST_IMAGES || set->paths[TEST_IMAGES] || set->paths[TEST_LABELS])))
      {
        g_set_error (error, BF_ERROR, BF_ERROR_FILE, "“%s”: %s", folder,
                     g_dgettext (GETTEXT_PACKAGE, looked_for[role]));
        return FALSE;
      }
  return TRUE;
}

/* One part, images and labels. */
static gboolean
read_part (const char *const *paths, BfIdx **images, BfIdx **labels, GCancellable *cancellable, GError **error)
{
  g_autofree char *n_images = NULL;
  g_autofree char *n_labels = NULL;
  g_autofree char *name = NULL;

  *labels = bf_idx_read (paths[1], BF_IDX_LABELS, cancellable, error);
  if (!*labels)
    return FALSE;
  *images = bf_idx_read (paths[0], BF_IDX_IMAGES, cancellable, error);
  if (!*images)
    return FALSE;
  if ((*images)->count == (*labels)->count)
    return TRUE;
  n_images = bf_group_digits ((*images)->count);
  n_labels = bf_group_digits ((*labels)->count);
  name = g_filename_display_basename (paths[1]);
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”: %s images but %s labels. Do the files belong together?"),
               name, n_images, n_labels);
  return FALSE;
}

/* Exchanges rows and columns of every image. */
static void
turn (BfIdx *images)
{
  g_autofree guint8 *turned = g_malloc (images->features);
  const guint width = images->width, height = images->height;

  if (width == 0)
    return;
  for (guint i = 0; i < images->count; i++)
    {
      guint8 *image = images->bytes + (gsize) i * images->features;

      for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++)
          turned[x * height + y] = image[y * width + x];
      memcpy (image, turned, images->features);
    }
  images->width = height;
  images->height = width;
}

static void
find_range (const BfIdx *labels, guint *low, guint *high)
{
  for (guint i = 0; labels && i < labels->count; i++)
    {
      *low = MIN (*low, labels->bytes[i]);
      *high = MAX (*high, labels->bytes[i]);
    }
}

/* Counting from 1 is recognized where class 0 is empty and, if the family is known, the last label
 * would otherwise be one too many. */
static guint
find_first_label (const BfIdx *train, const BfIdx *test, const BfIdxFamily *family)
{
  guint low = G_MAXUINT, high = 0;

  find_range (train, &low, &high);
  find_range (test, &low, &high);
  if (family)
    return low >= 1 && high == family->n_classes ? 1 : 0;
  return low == 1 ? 1 : 0;
}

/* Copies labels that count from `first_label`; each must be below `classes`. */
static gboolean
copy_labels (guint16 *out, const BfIdx *labels, guint first_label, guint classes, const char *path, GError **error)
{
  for (guint i = 0; i < labels->count; i++)
    {
      out[i] = (guint16) (labels->bytes[i] - first_label);
      if (labels->bytes[i] < first_label || out[i] >= classes)
        {
          g_autofree char *name = g_filename_display_basename (path);
          g_autofree char *place = bf_group_digits (i + 1);

          g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                       _("“%s”: label %s is %u, but the classes go from %u to %u. Copy the file again."),
                       name, place, labels->bytes[i], first_label, first_label + classes - 1);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
join_labels (BfRawData *raw, const FileSet *set, const BfIdx *train, const BfIdx *test,
             const BfIdxFamily *family, GError **error)
{
  const guint first_label = find_first_label (train, test, family);
  guint low = G_MAXUINT, high = 0;

  find_range (train, &low, &high);
  raw->classes = family ? family->n_classes : high + 1 - first_label;
  raw->outputs = raw->classes;
  raw->labels = g_new (guint16, (gsize) raw->n_train + raw->n_test);
  return copy_labels (raw->labels, train, first_label, raw->classes, set->paths[TRAIN_LABELS], error)
         && (!test || copy_labels (raw->labels + raw->n_train, test, first_label, raw->classes,
                                   set->paths[TEST_LABELS], error));
}

static gboolean
join_images (BfRawData *raw, const FileSet *set, BfIdx *train, const BfIdx *test, GError **error)
{
  const gsize n_train = (gsize) raw->n_train * train->features, n_test = (gsize) raw->n_test * train->features;

  if (test && (test->features != train->features || test->width != train->width))
    {
      g_autofree char *name = g_filename_display_basename (set->paths[TEST_IMAGES]);

      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   _("“%s”: the test images have %u × %u pixels, the training images %u × %u. Do the files belong together?"),
                   name, test->width, test->height, train->width, train->height);
      return FALSE;
    }
  raw->inputs = train->features;
  raw->image_width = train->width;
  raw->image_height = train->height;
  raw->bytes = g_try_realloc (train->bytes, n_train + n_test);
  if (!raw->bytes)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("There is not enough memory for %s."), raw->name);
      return FALSE;
    }
  train->bytes = NULL;
  if (test)
    memcpy (raw->bytes + n_train, test->bytes, n_test);
  return TRUE;
}

static char *
describe (const BfRawData *raw, const char *folder)
{
  g_autofree char *n_train = bf_group_digits (raw->n_train);
  g_autofree char *n_test = bf_group_digits (raw->n_test);
  g_autofree char *place = g_filename_display_name (folder);

  if (raw->n_test)
    return g_strdup_printf (_("%s, %s training and %s test images from %s"), raw->name, n_train, n_test, place);
  return g_strdup_printf (_("%s, %s training images and no test images from %s"), raw->name, n_train, place);
}

/* The files of a set that were found, in the order of their roles. */
static char **
list_files (const FileSet *set)
{
  GPtrArray *files = g_ptr_array_new ();

  for (guint role = 0; role < N_ROLES; role++)
    if (set->paths[role])
      g_ptr_array_add (files, g_strdup (set->paths[role]));
  g_ptr_array_add (files, NULL);
  return (char **) g_ptr_array_free (files, FALSE);
}

static BfRawData *
read_set (const FileSet *set, const char *folder, const BfIdxFamily *fallback, GCancellable *cancellable, GError **error)
{
  const BfIdxFamily *guess = bf_idx_family_guess (folder, set->prefix), *family = guess ? guess : fallback;
  const gboolean turned = g_ascii_strncasecmp (set->prefix, "emnist", strlen ("emnist")) == 0;
  g_autoptr (BfRawData) raw = g_new0 (BfRawData, 1);
  g_autoptr (BfIdx) train = NULL;
  g_autoptr (BfIdx) train_labels = NULL;
  g_autoptr (BfIdx) test = NULL;
  g_autoptr (BfIdx) test_labels = NULL;

  if (!read_part ((const char *const *) &set->paths[TRAIN_IMAGES], &train, &train_labels, cancellable, error))
    return NULL;
  if (set->paths[TEST_IMAGES]
      && !read_part ((const char *const *) &set->paths[TEST_IMAGES], &test, &test_labels, cancellable, error))
    return NULL;
  if (family)
    raw->name = g_strdup (family->name);
  else
    raw->name = *set->prefix ? g_filename_display_name (set->prefix) : g_filename_display_basename (folder);
  if (turned)
    turn (train);
  if (turned && test)
    turn (test);
  raw->n_train = train->count;
  raw->n_test = test ? test->count : 0;
  if (!join_labels (raw, set, train_labels, test_labels, family, error)
      || !join_images (raw, set, train, test, error))
    return NULL;
  if (family)
    raw->class_names = bf_idx_family_get_class_names (family);
  raw->origin = describe (raw, folder);
  raw->files = list_files (set);
  return g_steal_pointer (&raw);
}

BfRawData *
bf_idx_folder_read (const char *folder, const char *wanted, const BfIdxFamily *fallback,
                    GCancellable *cancellable, GError **error)
{
  g_autofree char *name = g_filename_display_name (folder);
  g_autoptr (GPtrArray) sets = NULL;
  const FileSet *set = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   g_file_test (folder, G_FILE_TEST_EXISTS) ? _("“%s” is not a folder. Choose the folder that holds the IDX files.")
                                                            : _("There is no folder “%s”."), name);
      return NULL;
    }
  sets = find_sets (folder, error);
  if (!sets)
    return NULL;
  if (sets->len > 0)
    {
      set = choose_set (sets, wanted, name, error);
      if (!set)
        return NULL;
    }
  return check_complete (set, name, error) ? read_set (set, folder, fallback, cancellable, error) : NULL;
}
