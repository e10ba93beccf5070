/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "data-files.h"

#include <unistd.h>

/* Loads text as "class.csv"; NULL with error. */
static BfDataset *
read_text_error (const Fixture *self, const char *text, gsize size, const char *target, guint64 seed, GError **error)
{
  g_autoptr (BfSpec) spec = spec_of ("csv", "none", 0);
  g_autofree char *path = write_bytes (self, "class.csv", text, size);

  spec->seed = seed;
  g_assert_true (bf_options_set_text (spec->data, "file", path, NULL));
  g_assert_true (bf_options_set_text (spec->data, "target", target, NULL));
  return bf_dataset_load (spec, NULL, NULL, error);
}

static BfDataset *
read_text (const Fixture *self, const char *text, const char *target)
{
  g_autoptr (GError) error = NULL;
  BfDataset *dataset = read_text_error (self, text, strlen (text), target, 42, &error);

  g_assert_no_error (error);
  return dataset;
}

static void
assert_refused_bytes (const Fixture *self, const char *text, gsize size, const char *target, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text_error (self, text, size, target, 42, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == BF_ERROR);
  g_assert_cmpstr (error->message, ==, message);
}

static void
assert_refused (const Fixture *self, const char *text, const char *target, const char *message)
{
  assert_refused_bytes (self, text, strlen (text), target, message);
}

/* Training and test samples together, ordered by the first input: x (n, inputs), and labels or targets. */
typedef struct
{
  guint n, inputs;
  float x[64][8];
  guint16 labels[64];
  float targets[64];
} Samples;

static Samples
get_samples (const BfDataset *dataset)
{
  Samples all = { .inputs = bf_dataset_get_shape (dataset)->inputs };
  const guint n_train = bf_dataset_get_count (dataset, BF_PART_TRAIN), n_test = bf_dataset_get_count (dataset, BF_PART_TEST);

  g_assert_cmpuint (n_train + n_test, <=, 64);
  g_assert_cmpuint (all.inputs, <=, 8);
  all.n = n_train + n_test;
  bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, n_train, all.x[0], 8, all.labels, all.targets);
  bf_dataset_gather (dataset, BF_PART_TEST, NULL, 0, n_test, all.x[n_train], 8, all.labels + n_train, all.targets + n_train);
  for (guint i = 1; i < all.n; i++)
    for (guint k = i; k > 0 && all.x[k][0] < all.x[k - 1][0]; k--)
      {
        float row[8];
        const guint16 label = all.labels[k];
        const float target = all.targets[k];

        memcpy (row, all.x[k], sizeof row);
        memcpy (all.x[k], all.x[k - 1], sizeof row);
        memcpy (all.x[k - 1], row, sizeof row);
        all.labels[k] = all.labels[k - 1];
        all.labels[k - 1] = label;
        all.targets[k] = all.targets[k - 1];
        all.targets[k - 1] = target;
      }
  return all;
}

/* The same table in many spellings. */
static void
test_spellings (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "a,b,y\n1,2,0.5\n2,-4,1.5\n3,6e0,2.5\n",
    "a;b;y\n1;2;0.5\n2;-4;1.5\n3;6e0;2.5\n",
    "a\tb\ty\n1\t2\t0.5\n2\t-4\t1.5\n3\t6e0\t2.5\n",
    "a|b|y\n1|2|0.5\n2|-4|1.5\n3|6e0|2.5\n",
    "a,b,y\r\n1,2,0.5\r\n2,-4,1.5\r\n3,6,2.5",
    "a,b,y\r1,2,0.5\r2,-4,1.5\r3,6,2.5\r",
    "\xef\xbb\xbf" "a,b,y\n1,2,0.5\n2,-4,1.5\n3,6,2.5\n",
    "\n\na,b,y\n\n1,2,0.5\n2,-4,1.5\n  \n3,6,2.5\n,,\n\n",
    "\"a\",\"b\",\"y\"\n\"1\",\"2\",0.5\n2 , \"-4\" , 1.5\n 3,6,2.5",
    "a, b, y\n 1, +2, .5\n 2, -4., 1.5\n 3, 6, 2.5\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (BfDataset) dataset = read_text (self, texts[i], "");
      const Samples all = get_samples (dataset);

      g_assert_cmpuint (bf_dataset_get_shape (dataset)->inputs, ==, 2);
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->outputs, ==, 1);
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 0);
      g_assert_cmpuint (all.n, ==, 3);
      for (guint k = 0; k < 3; k++)
        {
          g_assert_cmpfloat (all.x[k][0], ==, k + 1.0f);
          g_assert_cmpfloat (all.x[k][1], ==, (k == 1 ? -2 : 2) * (k + 1.0f));
          g_assert_cmpfloat (all.targets[k], ==, k + 0.5f);
        }
      g_assert_cmpstr (bf_dataset_get_input_names (dataset)[0], ==, "a");
      g_assert_cmpstr (bf_dataset_get_input_names (dataset)[1], ==, "b");
      g_assert_null (bf_dataset_get_input_names (dataset)[2]);
    }
}

static void
test_header (Fixture *self, gconstpointer data)
{
  static const struct { const char *text, *name; guint n; } cases[] = {
    { "1,2,setosa\n3,4,setosa\n5,6,other\n", "1", 3 },           /* a first row with numbers is a sample */
    { "width,height,kind\n1,2,setosa\n3,4,other\n", "width", 2 },
    { "0,1,kind\n1,2,setosa\n3,4,other\n", "0", 2 },             /* a data frame's own names */
    { "0,1,setosa\n1,2,setosa\n3,4,other\n", "1", 3 },           /* the same numbers, but a class of old */
    { ",width,kind\n1,2,setosa\n3,4,other\n", "1", 2 },          /* a column without a name has its number */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BfDataset) dataset = read_text (self, cases[i].text, "");

      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN) + bf_dataset_get_count (dataset, BF_PART_TEST),
                        ==, cases[i].n);
      g_assert_cmpstr (bf_dataset_get_input_names (dataset)[0], ==, cases[i].name);
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 2);
    }
}

static void
test_quotes (Fixture *self, gconstpointer data)
{
  g_autoptr (BfDataset) dataset = read_text (self, "\"the \"\"first\"\", wide\",kind\n1,\"a,\nb\"\n2,\"\"\"q\"\"\"\n3,\"a,\nb\"\n", "");
  const Samples all = get_samples (dataset);

  g_assert_cmpstr (bf_dataset_get_input_names (dataset)[0], ==, "the \"first\", wide");
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 2);
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[0], ==, "\"q\"");
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[1], ==, "a,\nb");
  g_assert_cmpuint (all.labels[0], ==, 1);
  g_assert_cmpuint (all.labels[1], ==, 0);
  g_assert_cmpuint (all.labels[2], ==, 1);
}

static void
test_target_by_name (Fixture *self, gconstpointer data)
{
  const char *text = "y,a,b\n0.5,1,2\n1.5,2,4\n";
  g_autoptr (BfDataset) dataset = read_text (self, text, "y");
  const Samples all = get_samples (dataset);
  g_autoptr (BfDataset) headerless = read_text (self, "0.5,1,2\n1.5,2,4\n", "1");

  g_assert_cmpfloat (all.x[0][0], ==, 1);
  g_assert_cmpfloat (all.x[1][1], ==, 4);
  g_assert_cmpfloat (all.targets[1], ==, 1.5);
  g_assert_nonnull (strstr (bf_dataset_get_origin (dataset), "column “y”"));
  g_assert_cmpfloat (get_samples (headerless).targets[0], ==, 0.5);
  assert_refused (self, text, "z", "“class.csv” has no column “z”. It has: y, a, b.");
}

/* Classes are ordered by value, not by first appearance; "2.0" is "2". */
static void
test_number_classes (Fixture *self, gconstpointer data)
{
  g_autoptr (BfDataset) dataset = read_text (self, "a,k\n1,10\n2,2\n3,-1\n4,2.0\n", "");
  const Samples all = get_samples (dataset);
  const guint16 wanted[4] = { 2, 1, 0, 1 };

  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 3);
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->outputs, ==, 3);
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[0], ==, "-1");
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[2], ==, "10");
  g_assert_cmpmem (all.labels, sizeof wanted, wanted, sizeof wanted);
}

static void
test_word_classes (Fixture *self, gconstpointer data)
{
  g_autoptr (BfDataset) dataset = read_text (self, "a,k\n1,pear\n2,apple\n3,pear\n", "");
  const Samples all = get_samples (dataset);

  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 2);
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[0], ==, "apple");
  g_assert_cmpuint (all.labels[0], ==, 1);
  g_assert_cmpuint (all.labels[1], ==, 0);
}

/* Twenty whole numbers are classes, twenty-one a regression; and so is one fraction. */
static void
test_few_whole_numbers (Fixture *self, gconstpointer data)
{
  for (guint n = 20; n <= 22; n++)
    {
      g_autoptr (GString) text = g_string_new ("a,y\n");
      g_autoptr (BfDataset) dataset = NULL;

      for (guint i = 0; i < 40; i++)
        if (n == 22)
          g_string_append_printf (text, "%u,%s\n", i, i == 39 ? "0.5" : i % 2 ? "1" : "0");
        else
          g_string_append_printf (text, "%u,%u\n", i, i % n);
      dataset = read_text (self, text->str, "");
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, n == 20 ? 20 : 0);
      g_assert_cmpuint (bf_dataset_get_shape (dataset)->outputs, ==, n == 20 ? 20 : 1);
    }
}

static void
test_bad_cells (Fixture *self, gconstpointer data)
{
  static const struct { const char *text, *message; } cases[] = {
    { "age,y\n1,0.5\n2,1.5\n\nn/a,2.5\n", "“class.csv”, line 5: “n/a” in column “age” is not a number." },
    { "age,y\n1,0.5\n2,1.5\n,2.5\n", "“class.csv”, line 4: column “age” is empty. Fill it in or remove the line." },
    { "age,y\n1,0.5\n2,\n3,2.5\n", "“class.csv”, line 3: column “y” is empty. Fill it in or remove the line." },
    { "age,y\n1,0.5\nnan,1\n3,2.5\n", "“class.csv”, line 3: “nan” in column “age” is not a number." },
    { "age,y\n1,0.5\ninf,1\n3,2.5\n", "“class.csv”, line 3: “inf” in column “age” is not a number." },
    { "age,y\n1,0.5\n0x10,1\n3,2.5\n", "“class.csv”, line 3: “0x10” in column “age” is not a number." },
    { "age,y\n1,0.5\n1e39,1\n3,2.5\n", "“class.csv”, line 3: “1e39” in column “age” is too large a number." },
    { "age,y\n1,0.5\n1e999,1\n3,2.5\n", "“class.csv”, line 3: “1e999” in column “age” is too large a number." },
    { "age,y\n1,0.5\n1-2,1\n3,2.5\n", "“class.csv”, line 3: “1-2” in column “age” is not a number." },
    { "age,y\n1,0.5\n2,?\n3,2.5\n", "“class.csv”, line 3: “?” in column “y” is not a number." },
    { "age;y\n1,5;0,5\n2,5;1\n", "“class.csv”, line 2: “1,5” in column “age” has a decimal comma. Save the table with decimal points." },
    { "a,\"b\nb\",y\n1,2,3\n1,x,3\n1,2,5\n", "“class.csv”, line 4: “x” in column “b\nb” is not a number." },
    { "a,k\n1,pear\n2,\n3,pear\n", "“class.csv”, line 3: column “k” is empty. Fill it in or remove the line." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (self, cases[i].text, "", cases[i].message);
}

static void
test_text_column (Fixture *self, gconstpointer data)
{
  assert_refused (self, "age,city,y\n1,Paris,0.5\n2,Rome,1.5\n", "",
                  "“class.csv”: column “city” holds text (“Paris” in line 2), and inputs must be numbers. "
                  "Remove the column, or write numbers for its words.");
}

static void
test_ragged (Fixture *self, gconstpointer data)
{
  assert_refused (self, "a,b,y\n1,2,3\n4,5\n6,7,8\n", "", "“class.csv”, line 3: 2 columns, but line 1 has 3.");
  assert_refused (self, "a,b,y\n1,2,3\n4,5,6,7\n", "", "“class.csv”, line 3: 4 columns, but line 1 has 3.");
}

static void
test_quote_errors (Fixture *self, gconstpointer data)
{
  assert_refused (self, "a,y\n1,2\n\"3,4\n5,6\n", "", "“class.csv”, line 3: the quotation mark that opens here is never closed.");
  assert_refused (self, "a,y\n1,2\n\"3\"x,4\n", "", "“class.csv”, line 3: there is text after a closing quotation mark.");
}

static void
test_too_little (Fixture *self, gconstpointer data)
{
  assert_refused (self, "", "", "“class.csv” is empty.");
  assert_refused (self, " \n\n", "", "“class.csv” is empty.");
  assert_refused (self, "a\n1\n2\n", "",
                  "“class.csv” has one column; a table needs inputs and a target, separated by a comma, semicolon, tab or vertical bar.");
  assert_refused (self, "a,b\n", "", "“class.csv” has fewer than two lines of numbers.");
  assert_refused (self, "a,b\n1,7\n2,7\n", "", "“class.csv”: the target column “b” has the same value in every line.");
}

static void
test_too_many_classes (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("a,k\n");

  for (guint i = 0; i < 1001; i++)
    g_string_append_printf (text, "%u,word%u\n", i, i);
  assert_refused (self, text->str, "",
                  "“class.csv”: the target column “k” has more than 1,000 different words, too many for classes. Choose another column.");
}

static void
test_too_many_columns (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("0");

  for (guint i = 0; i < 10000; i++)
    g_string_append (text, ",0");
  assert_refused (self, text->str, "", "“class.csv”, line 1: a table can have at most 10,000 columns and 67,108,864 cells.");
}

/* A sparse file of 300 MB costs no time: its size alone refuses it. */
static void
test_too_many_bytes (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_bytes (self, "class.csv", "", 0);
  g_autoptr (BfSpec) spec = spec_of ("csv", "none", 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (truncate (path, 300 << 20), ==, 0);
  g_assert_null (bf_dataset_load (spec, path, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
}

static void
test_encodings (Fixture *self, gconstpointer data)
{
  g_autoptr (BfDataset) latin = read_text (self, "gr\xf6\xdf" "e,y\n1,0.5\n2,1.5\n", "");
  const char utf16[] = "\xff\xfe" "a\0,\0b\0\n";
  const char binary[] = "\x89PNG\0\0\0,\n";

  g_assert_cmpstr (bf_dataset_get_input_names (latin)[0], ==, "größe");
  assert_refused_bytes (self, utf16, sizeof utf16 - 1, "", "“class.csv” is encoded in UTF-16. Save it as UTF-8.");
  assert_refused_bytes (self, binary, sizeof binary - 1, "", "“class.csv” is not a text file: it contains zero bytes.");
}

static char *
make_counting_table (guint n)
{
  GString *text = g_string_new ("a,y\n");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%u,%u.5\n", i, i);
  return g_string_free (text, FALSE);
}

static void
test_test_share (Fixture *self, gconstpointer data)
{
  g_autofree char *text = make_counting_table (50);
  float x[3][10];

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfDataset) dataset = read_text_error (self, text, strlen (text), "", i == 2 ? 43 : 42, &error);
      const Samples all = get_samples (dataset);

      g_assert_no_error (error);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 40);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TEST), ==, 10);
      for (guint k = 0; k < 50; k++)
        {
          g_assert_cmpfloat (all.x[k][0], ==, k);
          g_assert_cmpfloat (all.targets[k], ==, k + 0.5f);
        }
      bf_dataset_gather (dataset, BF_PART_TEST, NULL, 0, 10, x[i], 1, NULL, NULL);
    }
  g_assert_cmpmem (x[0], sizeof x[0], x[1], sizeof x[1]);
  g_assert_true (memcmp (x[0], x[2], sizeof x[0]) != 0);
}

static void
test_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (BfSpec) spec = spec_of ("csv", "none", 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *none = g_strdup_printf ("“%s” holds no table. Looked for a file whose name ends in .csv or .tsv.", self->dir);
  g_autofree char *several = g_strdup_printf ("“%s” holds several tables: a.CSV, b.tsv. Choose one of them.", self->dir);
  g_autoptr (BfDataset) dataset = NULL;

  g_assert_null (bf_dataset_load (spec, NULL, NULL, &error));
  g_assert_cmpstr (error->message, ==, "No CSV file is chosen.");
  g_clear_error (&error);
  g_assert_null (bf_dataset_load (spec, self->dir, NULL, &error));
  g_assert_cmpstr (error->message, ==, none);
  g_clear_error (&error);
  g_free (write_bytes (self, "a.CSV", "a,y\n1,0.5\n2,1.5\n", 16));
  dataset = bf_dataset_load (spec, self->dir, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bf_dataset_get_name (dataset), ==, "a.CSV");
  g_free (write_bytes (self, "b.tsv", "", 0));
  g_assert_null (bf_dataset_load (spec, self->dir, NULL, &error));
  g_assert_cmpstr (error->message, ==, several);
}

/* Damaged at random, a table is read or refused in words; never anything else. */
static void
test_mutations (Fixture *self, gconstpointer data)
{
  static const char spice[] = ",;|\t\"\"\n\r 0.-eEx\xff\xc3";
  static const char base[] = "a,\"b \"\"b\"\"\",y\n1,2,0.5\n\"2\",-4,1.5\r\n3,6e0,2.5\n4,1,1\n";
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint read = 0, refused = 0;

  for (guint i = 0; i < 3000; i++)
    {
      char text[sizeof base];
      gsize size = sizeof base - 1;
      g_autoptr (GError) error = NULL;
      g_autoptr (BfDataset) dataset = NULL;

      memcpy (text, base, sizeof base);
      for (int k = g_rand_int_range (random, 1, 4); k > 0; k--)
        text[g_rand_int_range (random, 0, (int) size)] = spice[g_rand_int_range (random, 0, sizeof spice - 1)];
      if (i % 5 == 0)
        size = (gsize) g_rand_int_range (random, 0, (int) size);
      dataset = read_text_error (self, text, size, "", 42, &error);
      if (dataset)
        {
          g_assert_no_error (error);
          read++;
        }
      else
        {
          g_assert_true (error->domain == BF_ERROR);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          refused++;
        }
    }
  g_assert_cmpuint (read, >, 100);
  g_assert_cmpuint (refused, >, 100);
}

static void
test_every_refused_cell_is_counted (Fixture *self, gconstpointer data)
{
  assert_refused (self, "age,income,y\n1,2,3.5\n,5,4.5\n4,n/a,1.5\n7,8,\n3,4,5.5\n1,1,1.25\n", "",
                  "“class.csv”, line 3: column “age” is empty. Fill it in or remove the line. "
                  "In all, 3 cells cannot be used: line 3 “age”, line 4 “income”, line 5 “y”.");
  assert_refused (self, "a,y\n1,2\n,3\n,4\n,5\n,6\n,7\n,8\n,9\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n", "",
                  "“class.csv”, line 3: column “a” is empty. Fill it in or remove the line. "
                  "In all, 7 cells cannot be used: line 3 “a”, line 4 “a”, line 5 “a”, line 6 “a”, line 7 “a”, line 8 “a”, ….");
}

int
main (int argc, char **argv)
{
  static const struct { const char *path; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "/csv/spellings", test_spellings },
    { "/csv/every-refused-cell-is-counted", test_every_refused_cell_is_counted },
    { "/csv/header", test_header },
    { "/csv/quotes", test_quotes },
    { "/csv/target/by-name", test_target_by_name },
    { "/csv/target/number-classes", test_number_classes },
    { "/csv/target/word-classes", test_word_classes },
    { "/csv/target/few-whole-numbers", test_few_whole_numbers },
    { "/csv/bad-cells", test_bad_cells },
    { "/csv/text-column", test_text_column },
    { "/csv/ragged", test_ragged },
    { "/csv/quote-errors", test_quote_errors },
    { "/csv/too-little", test_too_little },
    { "/csv/too-many-classes", test_too_many_classes },
    { "/csv/too-many-columns", test_too_many_columns },
    { "/csv/too-many-bytes", test_too_many_bytes },
    { "/csv/encodings", test_encodings },
    { "/csv/test-share", test_test_share },
    { "/csv/folder", test_folder },
    { "/csv/mutations", test_mutations },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
