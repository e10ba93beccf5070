/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "data-files.h"

#include "bf-idx.h"

static BfDataset *
load (const Fixture *self, const char *set)
{
  g_autoptr (BfSpec) spec = spec_of ("idx", "none", 0);
  g_autoptr (GError) error = NULL;
  BfDataset *dataset;

  g_assert_true (bf_options_set_text (spec->data, "folder", self->dir, NULL));
  g_assert_true (bf_options_set_text (spec->data, "set", set, NULL));
  dataset = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

/* The folder cannot be loaded, for exactly this reason ("DIR" stands for the folder). */
static void
assert_refused (const Fixture *self, const char *source, const char *set, const char *message)
{
  g_autoptr (BfSpec) spec = spec_of (source, "none", 0);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) parts = g_strsplit (message, "DIR", -1);
  g_autofree char *wanted = g_strjoinv (self->dir, parts);

  if (set)
    g_assert_true (bf_options_set_text (spec->data, "set", set, NULL));
  g_assert_null (bf_dataset_load (spec, self->dir, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == BF_ERROR);
  g_assert_cmpstr (error->message, ==, wanted);
}

static void
assert_idx_refused (const char *path, BfIdxContent content, int code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bf_idx_read (path, content, NULL, &error));
  g_assert_error (error, BF_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_raw_and_packed (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "raw", "packed.gz", "raw-in-disguise.gz", "packed-in-disguise" };
  const guint8 pixels[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  g_autoptr (GByteArray) idx = make_idx (3, (guint32[]) { 2, 2, 3 }, pixels, 12);
  g_autoptr (GBytes) packed = gzip (idx->data, idx->len);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfIdx) read = NULL;
      g_autofree char *path = i % 2 ? write_bytes (self, names[i], g_bytes_get_data (packed, NULL), g_bytes_get_size (packed))
                                    : write_bytes (self, names[i], idx->data, idx->len);

      read = bf_idx_read (path, BF_IDX_IMAGES, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (read->count, ==, 2);
      g_assert_cmpuint (read->features, ==, 6);
      g_assert_cmpuint (read->height, ==, 2);
      g_assert_cmpuint (read->width, ==, 3);
      g_assert_cmpmem (read->bytes, 12, pixels, 12);
    }
}

static void
test_magic (Fixture *self, gconstpointer data)
{
  static const struct { const char *name; guint8 bytes[5]; gsize size; const char *message; } cases[] = {
    { "photo.png", { 0x89, 0x50, 0x4e, 0x47 }, 5, "“photo.png” is not an IDX file: it begins with 89 50, not 00 00 08." },
    { "short.png", { 0x89, 0x50 }, 2, "“short.png” is not an IDX file: it begins with 89 50, not 00 00 08." },
    { "video", { 0, 0, 1, 0xba }, 5, "“video” is not an IDX file: it begins with 00 00 01, not 00 00 08." },
    { "floats", { 0, 0, 0x0d, 3 }, 5,
      "“floats” is an IDX file of 32-bit floating-point numbers (type 0D); only unsigned bytes (type 08) can be read." },
    { "text.gz", { 'h', 'e', 'l', 'l', 'o' }, 5,
      "“text.gz” is not a gzip file, although its name ends in .gz: it begins with 68 65, not 1F 8B." },
    { "empty", { 0 }, 0, "“empty” is empty. Copy the file again." },
    { "stub", { 0, 0, 8 }, 3, "“stub” ends within its header. Copy the file again." },
    { "sizeless", { 0, 0, 8, 3, 0 }, 5, "“sizeless” ends within its header. Copy the file again." },
    { "flat", { 0, 0, 8, 1 }, 5,
      "“flat”: the number of dimensions is 1; images have 3 (number, height, width). Are these the labels?" },
    { "many", { 0, 0, 8, 255 }, 5,
      "“many”: the number of dimensions is 255; images have 3 (number, height, width). Are these the labels?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_bytes (self, cases[i].name, cases[i].bytes, cases[i].size);

      assert_idx_refused (path, BF_IDX_IMAGES, BF_ERROR_FILE, cases[i].message);
    }
}

static void
test_labels_of_images (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) idx = make_idx (3, (guint32[]) { 2, 2, 2 }, NULL, 8);
  g_autofree char *path = write_bytes (self, "labels", idx->data, idx->len);

  assert_idx_refused (path, BF_IDX_LABELS, BF_ERROR_FILE, "“labels”: the number of dimensions is 3; labels have 1. Are these the images?");
}

/* A few bytes that claim to be gigabytes: refused before any of it is allocated. */
static void
test_absurd_sizes (Fixture *self, gconstpointer data)
{
  static const struct { guint32 sizes[3]; int code; const char *message; } cases[] = {
    { { G_MAXUINT32, 28, 28 }, BF_ERROR_TOO_LARGE,
      "“absurd” claims 4,294,967,295 images, 3.1 TiB in all, more than can be read. Is its header damaged?" },
    { { 16u << 20, 16, 16 }, BF_ERROR_TOO_LARGE,
      "“absurd” claims 16,777,216 images, 4.0 GiB in all, more than can be read. Is its header damaged?" },
    { { 1, G_MAXUINT32, G_MAXUINT32 }, BF_ERROR_TOO_LARGE,
      "“absurd” claims images of more than 65,536 pixels, the most that can be read. Is its header damaged?" },
    { { 1, 257, 256 }, BF_ERROR_TOO_LARGE,
      "“absurd” claims images of more than 65,536 pixels, the most that can be read. Is its header damaged?" },
    { { 0, 28, 28 }, BF_ERROR_FILE, "“absurd” holds no images." },
    { { 10, 0, 28 }, BF_ERROR_FILE, "“absurd” holds no images." },
    { { 8u << 20, 16, 16 }, BF_ERROR_FILE, "“absurd” ends after 0 of 8,388,608 images. Copy the file again." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint packed = 0; packed < 2; packed++)
      {
        g_autoptr (GByteArray) idx = make_idx (3, cases[i].sizes, NULL, 10);
        g_autoptr (GBytes) bytes = packed ? gzip (idx->data, idx->len) : g_bytes_new (idx->data, idx->len);
        g_autofree char *path = write_bytes (self, "absurd", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

        assert_idx_refused (path, BF_IDX_IMAGES, cases[i].code, cases[i].message);
      }
}

static void
test_truncated (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) idx = make_idx (1, (guint32[]) { 60000 }, NULL, 3201);
  g_autofree char *raw = write_bytes (self, "labels", idx->data, idx->len);
  g_autofree char *packed = write_named (self, "labels.gz", idx->data, idx->len);

  assert_idx_refused (raw, BF_IDX_LABELS, BF_ERROR_FILE, "“labels” ends after 3,201 of 60,000 labels. Copy the file again.");
  assert_idx_refused (packed, BF_IDX_LABELS, BF_ERROR_FILE, "“labels.gz” ends after 3,201 of 60,000 labels. Copy the file again.");
}

/* Cut anywhere, a packed file is refused in words, and never half read. */
static void
test_cut_anywhere (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) idx = make_idx (1, (guint32[]) { 5000 }, NULL, 5000);
  g_autoptr (GBytes) whole = NULL;

  for (guint i = 0; i < 5000; i++)
    idx->data[8 + i] = (guint8) (g_str_hash (((char[]) { (char) ('a' + i % 26), (char) ('a' + i / 26 % 26), 0 })) >> 3);
  whole = gzip (idx->data, idx->len);
  for (gsize size = 0; size < g_bytes_get_size (whole); size += size < 32 || size + 16 > g_bytes_get_size (whole) ? 1 : 37)
    {
      g_autofree char *path = write_bytes (self, "cut.gz", g_bytes_get_data (whole, NULL), size);
      g_autoptr (GError) error = NULL;
      g_autoptr (BfIdx) read = bf_idx_read (path, BF_IDX_LABELS, NULL, &error);

      g_assert_null (read);
      g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, "cut.gz"));
    }
}

static void
test_damaged_gzip (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) idx = make_idx (1, (guint32[]) { 50000 }, NULL, 50000);
  g_autoptr (GBytes) packed = NULL;
  g_autofree guint8 *damaged = NULL;
  g_autofree char *path = NULL;
  gsize size;

  for (guint i = 0; i < 50000; i++)
    idx->data[8 + i] = (guint8) (i * i >> 5);
  packed = gzip (idx->data, idx->len);
  size = g_bytes_get_size (packed);
  damaged = g_memdup2 (g_bytes_get_data (packed, NULL), size);
  damaged[size - 8] ^= 1;  /* the checksum, behind all the data */
  path = write_bytes (self, "damaged.gz", damaged, size);
  assert_idx_refused (path, BF_IDX_LABELS, BF_ERROR_FILE, "“damaged.gz” is a damaged gzip file. Copy the file again.");
}

static void
test_surplus (Fixture *self, gconstpointer data)
{
  g_autoptr (GByteArray) idx = make_idx (1, (guint32[]) { 1000 }, NULL, 1001);
  g_autofree char *raw = write_bytes (self, "labels", idx->data, idx->len);
  g_autofree char *packed = write_named (self, "labels.gz", idx->data, idx->len);

  assert_idx_refused (raw, BF_IDX_LABELS, BF_ERROR_FILE, "“labels” goes on after the 1,000 labels of its header. Copy the file again.");
  assert_idx_refused (packed, BF_IDX_LABELS, BF_ERROR_FILE,
                      "“labels.gz” goes on after the 1,000 labels of its header. Copy the file again.");
}

static void
test_not_a_file (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_path_get_basename (self->dir);
  g_autofree char *message = g_strdup_printf ("“%s” is not an ordinary file.", name);
  g_autofree char *missing = g_build_filename (self->dir, "missing", NULL);
  g_autoptr (GError) error = NULL;

  assert_idx_refused (self->dir, BF_IDX_IMAGES, BF_ERROR_FILE, message);
  g_assert_null (bf_idx_read (missing, BF_IDX_IMAGES, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "missing"));
}

static const guint8 six_labels[6] = { 0, 1, 2, 0, 1, 2 };

/* The names in use: dashes or dots, t10k or test, raw or packed. */
static void
test_names (Fixture *self, gconstpointer data)
{
  static const struct { const char *images, *labels, *test_images, *test_labels; } names[] = {
    { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
    { "train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte" },
    { "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "test-images-idx3-ubyte.gz", "test-labels-idx1-ubyte.gz" },
    { "digits-train-images-idx3-ubyte", "digits-train-labels-idx1-ubyte.gz", "digits-test-images.idx3-ubyte", "digits-test-labels-idx1-ubyte" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      Fixture own;
      g_autoptr (BfDataset) dataset = NULL;

      set_up (&own, NULL);
      write_images (&own, names[i].images, 6, 2, 2, NULL);
      write_labels (&own, names[i].labels, 6, six_labels);
      write_images (&own, names[i].test_images, 3, 2, 2, NULL);
      write_labels (&own, names[i].test_labels, 3, six_labels);
      dataset = load (&own, "");
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 6);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TEST), ==, 3);
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 3);
      tear_down (&own, NULL);
    }
}

static void
test_missing_files (Fixture *self, gconstpointer data)
{
  assert_refused (self, "fashion-mnist", NULL, "“DIR”: There are no training images. Looked for train-images-idx3-ubyte "
                  "and train-images.idx3-ubyte, also with .gz and with a prefix.");
  write_images (self, "train-images-idx3-ubyte", 6, 2, 2, NULL);
  assert_refused (self, "idx", NULL, "“DIR”: There are training images but no training labels. Looked for "
                  "train-labels-idx1-ubyte and train-labels.idx1-ubyte, also with .gz and with a prefix.");
  write_labels (self, "train-labels-idx1-ubyte", 6, six_labels);
  bf_dataset_unref (load (self, ""));  /* no test samples at all is no error */
  write_images (self, "t10k-images-idx3-ubyte", 6, 2, 2, NULL);
  assert_refused (self, "idx", NULL, "“DIR”: There are test images but no test labels. Looked for "
                  "t10k-labels-idx1-ubyte and test-labels-idx1-ubyte, also with .gz and with a prefix.");
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (BfSpec) spec = spec_of ("idx", "none", 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = write_bytes (self, "file", "", 0);
  g_autofree char *message = g_strdup_printf ("“%s” is not a folder. Choose the folder that holds the IDX files.", file);

  g_assert_null (bf_dataset_load (spec, NULL, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (bf_dataset_load (spec, "/no/such/folder", NULL, &error));
  g_assert_cmpstr (error->message, ==, "There is no folder “/no/such/folder”.");
  g_clear_error (&error);
  g_assert_null (bf_dataset_load (spec, file, NULL, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_mismatch (Fixture *self, gconstpointer data)
{
  g_autofree guint8 *labels = g_malloc0 (6000);

  write_images (self, "train-images-idx3-ubyte.gz", 6000, 2, 2, NULL);
  write_labels (self, "train-labels-idx1-ubyte.gz", 5990, labels);
  assert_refused (self, "idx", NULL, "“train-labels-idx1-ubyte.gz”: 6,000 images but 5,990 labels. Do the files belong together?");
}

static void
test_other_test_size (Fixture *self, gconstpointer data)
{
  write_images (self, "train-images-idx3-ubyte", 6, 2, 3, NULL);
  write_labels (self, "train-labels-idx1-ubyte", 6, six_labels);
  write_images (self, "t10k-images-idx3-ubyte", 6, 3, 2, NULL);
  write_labels (self, "t10k-labels-idx1-ubyte", 6, six_labels);
  assert_refused (self, "idx", NULL, "“t10k-images-idx3-ubyte”: the test images have 2 × 3 pixels, the training images 3 × 2. "
                  "Do the files belong together?");
}

static void
test_label_out_of_range (Fixture *self, gconstpointer data)
{
  const guint8 eleven[6] = { 0, 1, 2, 10, 4, 9 };
  const guint8 three[6] = { 0, 1, 2, 2, 3, 0 };

  write_images (self, "train-images-idx3-ubyte", 6, 2, 2, NULL);
  write_labels (self, "train-labels-idx1-ubyte", 6, eleven);
  assert_refused (self, "fashion-mnist", NULL,
                  "“train-labels-idx1-ubyte”: label 4 is 10, but the classes go from 0 to 9. Copy the file again.");
  write_labels (self, "train-labels-idx1-ubyte", 6, six_labels);
  write_images (self, "t10k-images-idx3-ubyte", 6, 2, 2, NULL);
  write_labels (self, "t10k-labels-idx1-ubyte", 6, three);
  assert_refused (self, "idx", NULL,
                  "“t10k-labels-idx1-ubyte”: label 5 is 3, but the classes go from 0 to 2. Copy the file again.");
}

/* E-MNIST as it comes: two sets in one folder, letters counted from 1, images turned. */
static void
write_emnist (const Fixture *self)
{
  const guint8 pixels[2 * 6] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  const guint8 letters[2] = { 1, 26 }, digits[2] = { 0, 46 };

  write_images (self, "emnist-letters-train-images-idx3-ubyte.gz", 2, 2, 3, pixels);
  write_labels (self, "emnist-letters-train-labels-idx1-ubyte.gz", 2, letters);
  write_images (self, "emnist-letters-test-images-idx3-ubyte.gz", 2, 2, 3, pixels);
  write_labels (self, "emnist-letters-test-labels-idx1-ubyte.gz", 2, letters);
  write_images (self, "emnist-balanced-train-images-idx3-ubyte.gz", 2, 2, 3, pixels);
  write_labels (self, "emnist-balanced-train-labels-idx1-ubyte.gz", 2, digits);
}

static void
test_emnist (Fixture *self, gconstpointer data)
{
  static const char *const wishes[] = { "emnist-letters", "letters" };
  const float turned[6] = { 1, 4, 2, 5, 3, 6 };

  write_emnist (self);
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      g_autoptr (BfDataset) dataset = load (self, wishes[i]);
      guint width, height;
      guint16 labels[2];
      float x[2][6];

      g_assert_cmpstr (bf_dataset_get_name (dataset), ==, "E-MNIST Letters");
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 26);
      g_assert_cmpstr (bf_dataset_get_class_names (dataset)[0], ==, "A");
      g_assert_cmpstr (bf_dataset_get_class_names (dataset)[25], ==, "Z");
      g_assert_true (bf_dataset_get_image_size (dataset, &width, &height));
      g_assert_cmpuint (width, ==, 2);
      g_assert_cmpuint (height, ==, 3);
      bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, 2, x[0], 6, labels, NULL);
      g_assert_cmpuint (labels[0], ==, 0);
      g_assert_cmpuint (labels[1], ==, 25);
      g_assert_cmpmem (x[0], sizeof turned, turned, sizeof turned);
      bf_dataset_gather (dataset, BF_PART_TEST, NULL, 0, 2, x[0], 6, labels, NULL);
      g_assert_cmpuint (labels[1], ==, 25);
      g_assert_cmpmem (x[0], sizeof turned, turned, sizeof turned);
    }
}

static void
test_emnist_balanced (Fixture *self, gconstpointer data)
{
  g_autoptr (BfDataset) dataset = NULL;

  write_emnist (self);
  dataset = load (self, "balanced");
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 47);
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[10], ==, "A");
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[46], ==, "t");
  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TEST), ==, 0);
}

static void
test_emnist_choice (Fixture *self, gconstpointer data)
{
  write_emnist (self);
  assert_refused (self, "idx", "", "“DIR” has several sets: emnist-balanced, emnist-letters. Choose one by its name.");
  assert_refused (self, "idx", "digits", "“DIR” has no set “digits”. It has: emnist-balanced, emnist-letters.");
}

/* Without a known family: the names tell nothing, and labels from 1 are still understood. */
static void
test_unknown_family_from_1 (Fixture *self, gconstpointer data)
{
  const guint8 from_1[4] = { 1, 2, 3, 1 };
  g_autoptr (BfDataset) dataset = NULL;
  guint16 labels[4];
  float x[16];

  write_images (self, "train-images-idx3-ubyte", 4, 2, 2, NULL);
  write_labels (self, "train-labels-idx1-ubyte", 4, from_1);
  dataset = load (self, "");
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 3);
  g_assert_null (bf_dataset_get_class_names (dataset));
  bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, 4, x, 4, labels, NULL);
  g_assert_cmpuint (labels[0], ==, 0);
  g_assert_cmpuint (labels[2], ==, 2);
}

/* The experiment on clothes is pointed at a folder of digits: they are not called clothes. */
static void
test_other_family (Fixture *self, gconstpointer data)
{
  g_autofree char *parent = g_build_filename (self->dir, "MNIST", NULL);
  g_autofree char *folder = g_build_filename (parent, "raw", NULL);
  g_autoptr (BfSpec) spec = spec_of ("fashion-mnist", "none", 0);
  g_autoptr (BfDataset) digits = NULL;
  g_autoptr (BfDataset) clothes = NULL;
  Fixture inner = { folder };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  write_images (&inner, "train-images-idx3-ubyte", 6, 2, 2, NULL);
  write_labels (&inner, "train-labels-idx1-ubyte", 6, six_labels);
  digits = bf_dataset_load (spec, folder, NULL, NULL);
  g_assert_cmpstr (bf_dataset_get_name (digits), ==, "MNIST");
  g_assert_cmpstr (bf_dataset_get_class_names (digits)[9], ==, "9");
  inner.dir = g_strdup (folder);
  tear_down (&inner, NULL);
  g_assert_cmpint (g_rmdir (parent), ==, 0);

  write_images (self, "train-images-idx3-ubyte", 6, 2, 2, NULL);
  write_labels (self, "train-labels-idx1-ubyte", 6, six_labels);
  clothes = bf_dataset_load (spec, self->dir, NULL, NULL);
  g_assert_cmpstr (bf_dataset_get_name (clothes), ==, "Fashion-MNIST");
}

int
main (int argc, char **argv)
{
  static const struct { const char *path; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "/idx/raw-and-packed", test_raw_and_packed },
    { "/idx/magic", test_magic },
    { "/idx/labels-of-images", test_labels_of_images },
    { "/idx/absurd-sizes", test_absurd_sizes },
    { "/idx/truncated", test_truncated },
    { "/idx/cut-anywhere", test_cut_anywhere },
    { "/idx/damaged-gzip", test_damaged_gzip },
    { "/idx/surplus", test_surplus },
    { "/idx/not-a-file", test_not_a_file },
    { "/idx/folder/names", test_names },
    { "/idx/folder/missing-files", test_missing_files },
    { "/idx/folder/none", test_no_folder },
    { "/idx/folder/mismatch", test_mismatch },
    { "/idx/folder/other-test-size", test_other_test_size },
    { "/idx/folder/label-out-of-range", test_label_out_of_range },
    { "/idx/folder/other-family", test_other_family },
    { "/idx/folder/labels-from-1", test_unknown_family_from_1 },
    { "/idx/emnist/letters", test_emnist },
    { "/idx/emnist/balanced", test_emnist_balanced },
    { "/idx/emnist/choice", test_emnist_choice },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
