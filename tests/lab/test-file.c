/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-file.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "bf-plan.h"
#include "bf-dataset.h"
#include "bf-remedy.h"

#define HEAD "\"format\": \"backflow-experiment\", \"version\": 1"
#define DENSE "{ \"id\": 1, \"kind\": \"dense\", \"units\": 4 }"

static BfSpec *
parse (const char *text)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  BfSpec *spec = bf_file_parse (text, -1, "x.backflow", &warnings, &error);

  g_assert_no_error (error);
  g_assert_null (warnings);
  return spec;
}

/* The text is refused, and the message holds each of the words up to NULL. */
G_GNUC_NULL_TERMINATED static void
assert_refused (const char *text, gssize length, ...)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_file_parse (text, length, "x.backflow", &warnings, &error);
  const char *word;
  va_list words;

  g_assert_null (spec);
  g_assert_nonnull (error);
  g_assert_true (error->domain == BF_ERROR);
  va_start (words, length);
  while ((word = va_arg (words, const char *)))
    if (!strstr (error->message, word))
      g_error ("“%s” lacks “%s”", error->message, word);
  va_end (words);
  g_assert_nonnull (strstr (error->message, "x.backflow"));
}

static char *
get_path (const char *id)
{
  g_autofree char *file = g_strconcat (id, ".backflow", NULL);

  return g_build_filename (bf_data_dir (), "experiments", file, NULL);
}

static void
test_ready_made_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) examples = bf_examples_list (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (examples->len, >=, 6);
  for (guint i = 0; i < examples->len; i++)
    {
      const BfExample *example = examples->pdata[i];
      g_autofree char *path = get_path (example->id), *text = NULL, *printed = NULL;
      g_auto (GStrv) warnings = NULL;
      g_autoptr (BfSpec) spec = bf_file_load (path, &warnings, &error);

      g_assert_no_error (error);
      g_assert_null (warnings);
      g_assert_cmpstr (example->name, !=, "");
      g_assert_cmpstr (example->summary, !=, "");
      if (g_getenv ("BF_UPDATE_EXPERIMENTS"))
        g_assert_true (bf_file_save (spec, path, NULL));
      g_assert_true (g_file_get_contents (path, &text, NULL, &error));
      printed = bf_file_print (spec);
      g_assert_cmpstr (printed, ==, text);
    }
}

/* As the tutorials have them. */
static void
test_ready_made_content (void)
{
  g_autoptr (BfSpec) baseline = bf_examples_load ("t1-baseline", NULL);
  g_autoptr (BfSpec) exploding = bf_examples_load ("t2-exploding", NULL);
  const BfShape images = { 784, 10, 10 }, numbers = { 100, 1, 0 };
  g_autoptr (BfPlan) plan = bf_plan_new (baseline, &images);
  g_autoptr (BfPlan) plan2 = bf_plan_new (exploding, &numbers);
  const BfLayer *first = plan2->layers[0].layer;

  g_assert_cmpstr (plan->error, ==, NULL);
  g_assert_cmpuint (plan->n_weighted, ==, 8);
  g_assert_cmpuint (plan->parameters, ==, (784 + 1) * 128 + 6 * 129 * 128 + 129 * 10);
  g_assert_cmpstr (plan2->error, ==, NULL);
  g_assert_cmpuint (plan2->n_weighted, ==, 11);
  g_assert_cmpfloat (bf_options_number (bf_options_choice (first->options, "start"), "low"), ==, 0.9);
}

/* Every example can be built on its own data. */
static void
test_ready_made_fit (void)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  for (guint i = 0; i < examples->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfSpec) spec = bf_examples_load (((const BfExample *) examples->pdata[i])->id, NULL);
      g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
      g_autoptr (BfPlan) plan = NULL;

      g_assert_no_error (error);
      plan = bf_plan_new (spec, bf_dataset_get_shape (data));
      g_assert_cmpstr (plan->error, ==, NULL);
    }
}

static void
test_numbers_survive (void)
{
  static const double rates[] = { 0.1, 0.3, 1.0 / 3, 1e-7, 123456.789, 5e-324, 0 };
  g_autoptr (BfSpec) spec = bf_spec_new ();

  spec->seed = (G_GUINT64_CONSTANT (1) << 53) - 1;
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr (BfSpec) back = NULL;

      spec->learning_rate = rates[i];
      text = bf_file_print (spec);
      back = parse (text);
      g_assert_true (bf_spec_equal (spec, back));
      g_assert_cmpfloat (back->learning_rate, ==, rates[i]);
      g_assert_cmpuint (back->seed, ==, spec->seed);
      if (i == 0)
        g_assert_nonnull (strstr (text, "\"learning_rate\": 0.1,"));
    }
}

static void
test_texts_survive (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfSpec) back = NULL;
  g_autofree char *text = NULL;

  g_free (spec->name);
  spec->name = g_strdup ("“Ä” \"quoted\" \\ back\nline\ttab \x01 { [");
  text = bf_file_print (spec);
  back = parse (text);
  g_assert_cmpstr (back->name, ==, spec->name);
}

/* One of each kind, with every parameter away from its default, comes back as it was. */
static void
test_every_kind_survives (void)
{
  static const BfTable tables[] = { bf_layer_kinds, bf_remedies };

  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const BfKind *const *kind = tables[t] (); *kind; kind++)
      {
        g_autoptr (BfSpec) spec = bf_spec_new ();
        g_autoptr (BfSpec) back = NULL;
        g_autofree char *text = NULL;
        BfOptions *options = t == 0 ? bf_spec_append (spec, (*kind)->id)->options
                                    : bf_spec_ensure_remedy (spec, (*kind)->id)->options;

        for (const BfParam *param = (*kind)->params; param && param->id; param++)
          if (param->type == BF_PARAM_BOOLEAN)
            bf_options_set_number (options, param->id, !param->fallback, NULL);
          else if (param->type == BF_PARAM_NUMBER || param->type == BF_PARAM_INTEGER)
            g_assert_true (bf_options_set_number (options, param->id, param->maximum, NULL));
          else if (param->type == BF_PARAM_CHOICE)
            g_assert_true (bf_options_set_choice (options, param->id, param->table ()[1]->id, NULL));
        text = bf_file_print (spec);
        back = parse (text);
        g_assert_true (bf_spec_equal (spec, back));
      }
}

/* What is as it comes is not written, so that older files stay as they are. */
static void
test_clipping_and_schedule (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autofree char *plain = bf_file_print (spec), *text = NULL;
  g_autoptr (BfSpec) back = NULL;

  g_assert_null (strstr (plain, "clipping"));
  g_assert_null (strstr (plain, "schedule"));
  bf_options_free (spec->clipping);
  spec->clipping = bf_options_new (bf_kind_find (bf_clippings, "norm"));
  g_assert_true (bf_options_set_number (spec->clipping, "limit", 0.25, NULL));
  bf_options_free (spec->schedule);
  spec->schedule = bf_options_new (bf_kind_find (bf_schedules, "step"));
  g_assert_true (bf_options_set_number (spec->schedule, "warmup", 0.5, NULL));
  text = bf_file_print (spec);
  g_assert_nonnull (strstr (text, "\"clipping\": { \"kind\": \"norm\", \"limit\": 0.25 }"));
  g_assert_nonnull (strstr (text, "\"warmup\": 0.5"));
  back = parse (text);
  g_assert_true (bf_spec_equal (spec, back));
}

static void
test_missing_keys_are_defaults (void)
{
  g_autoptr (BfSpec) spec = parse ("{" HEAD "}");
  g_autoptr (BfSpec) fresh = bf_spec_new ();

  g_assert_true (bf_spec_equal (spec, fresh));
}

static void
test_ids_are_completed (void)
{
  g_autoptr (BfSpec) spec = parse ("{" HEAD ", \"network\": [{ \"kind\": \"dense\" }, { \"id\": 7, \"kind\": \"dense\" }]}");

  g_assert_nonnull (bf_spec_find_layer (spec, 7, NULL, NULL));
  g_assert_nonnull (bf_spec_find_layer (spec, 8, NULL, NULL));
  g_assert_cmpuint (spec->next_id, ==, 9);
}

static void
test_unknown_keys_are_reported (void)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_file_parse (
    "{" HEAD ", \"colour\": 1, \"optimizer\": { \"kind\": \"sgd\", \"speed\": 2 }, \"network\": [{ \"block\": 2, \"x\": [], "
    "\"layers\": [{ \"kind\": \"dense\", \"units\": 4, \"unit\": 5 }] }]}", -1, "x.backflow", &warnings, &error);

  g_assert_no_error (error);
  g_assert_nonnull (spec);
  g_assert_cmpuint (g_strv_length (warnings), ==, 4);
  {
    g_autofree char *all = g_strjoinv ("\n", warnings);

    g_assert_nonnull (strstr (all, "“colour”"));
    g_assert_nonnull (strstr (all, "“optimizer.speed”"));
    g_assert_nonnull (strstr (all, "“network[0].x”"));
    g_assert_nonnull (strstr (all, "“network[0].layers[0].unit”"));
    g_assert_nonnull (strstr (all, "x.backflow"));
  }
  g_assert_cmpuint (((BfBlock *) spec->blocks->pdata[0])->count, ==, 2);
}

static void
test_keys_twice_are_reported (void)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_file_parse (
    "{" HEAD ", \"batch\": 5, \"loss\": \"mse\", \"batch\": 6, \"network\": [{ \"kind\": \"dense\" }, { \"kind\": \"dense\" }]}",
    -1, "x.backflow", &warnings, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (spec->batch, ==, 6);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "“batch”"));
}

static void
test_newer_version (void)
{
  g_auto (GStrv) warnings = NULL, plain = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_file_parse ("{\"format\": \"backflow-experiment\", \"version\": 3, \"mixup\": 0.2}", -1,
                                           "x.backflow", &warnings, &error);
  g_autoptr (BfSpec) other = bf_file_parse ("{\"format\": \"backflow-experiment\", \"version\": 3}", -1,
                                            "x.backflow", &plain, &error);

  g_assert_no_error (error);
  g_assert_nonnull (spec);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_cmpstr (warnings[0], ==, "The experiment was written by a newer Backflow (format 3). Opened without the key “mixup”.");
  g_assert_cmpuint (g_strv_length (plain), ==, 1);
  g_assert_nonnull (other);
}

static void
test_wrong_values (void)
{
  static const struct { const char *text, *place, *word; } cases[] = {
    { "{" HEAD ", \"seed\": \"four\"}", "seed", "number" },
    { "{" HEAD ", \"seed\": -1}", "seed", "between" },
    { "{" HEAD ", \"seed\": 9007199254740992}", "seed", "between" },
    { "{" HEAD ", \"batch\": 1.5}", "batch", "whole" },
    { "{" HEAD ", \"batch\": 0}", "batch", "between" },
    { "{" HEAD ", \"learning_rate\": 1e999}", "learning_rate", "between" },
    { "{" HEAD ", \"name\": 3}", "name", "text" },
    { "{" HEAD ", \"subnormals\": 1}", "subnormals", "true or false" },
    { "{" HEAD ", \"data\": \"cifar\"}", "data", "fashion-mnist" },
    { "{" HEAD ", \"data\": [1]}", "data", "id" },
    { "{" HEAD ", \"data\": null}", "data", "id" },
    { "{" HEAD ", \"scaling\": \"log\"}", "scaling", "standardized" },
    { "{" HEAD ", \"optimizer\": { \"momentum\": 0 }}", "optimizer.kind", "id" },
    { "{" HEAD ", \"optimizer\": { \"kind\": \"sgd\", \"momentum\": true }}", "optimizer.momentum", "number" },
    { "{" HEAD ", \"clipping\": { \"kind\": \"norm\", \"limit\": -1 }}", "clipping.limit", "between" },
    { "{" HEAD ", \"schedule\": \"linear\"}", "schedule", "cosine" },
    { "{" HEAD ", \"network\": {}}", "network", "list" },
    { "{" HEAD ", \"network\": [3]}", "network[0]", "layer" },
    { "{" HEAD ", \"network\": [{}]}", "network[0].kind", "id" },
    { "{" HEAD ", \"network\": [" DENSE ", " DENSE "]}", "network[1]", "1" },
    { "{" HEAD ", \"network\": [{ \"id\": 0, \"kind\": \"dense\" }]}", "network[0].id", "between" },
    { "{" HEAD ", \"network\": [{ \"kind\": \"dens\" }]}", "network[0].kind", "activation" },
    { "{" HEAD ", \"network\": [{ \"kind\": \"dense\", \"units\": 1e12 }]}", "network[0].units", "between" },
    { "{" HEAD ", \"network\": [{ \"kind\": \"dense\", \"start\": { \"kind\": \"normal\", \"std\": \"x\" } }]}",
      "network[0].start.std", "number" },
    { "{" HEAD ", \"network\": [{ \"block\": 2 }]}", "network[0]", "layers" },
    { "{" HEAD ", \"network\": [{ \"block\": 0, \"layers\": [" DENSE "] }]}", "network[0].block", "between" },
    { "{" HEAD ", \"network\": [{ \"block\": 2, \"layers\": [{ \"block\": 2, \"layers\": [] }] }]}", "network[0].layers[0].kind", "id" },
    { "{" HEAD ", \"remedies\": [{ \"remedy\": \"magic\" }]}", "remedies[0].remedy", "activation" },
    { "{" HEAD ", \"remedies\": [{ \"remedy\": \"activation\" }, { \"remedy\": \"activation\" }]}", "remedies[1]", "twice" },
    { "[]", "x.backflow", "object" },
    { "{}", "x.backflow", "format" },
    { "{\"format\": \"backflow-experiment\"}", "x.backflow", "version" },
    { "{\"format\": \"backflow-experiment\", \"version\": 0}", "version", "between" },
    { "", "x.backflow", "object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].text, -1, cases[i].place, cases[i].word, NULL);
}

/* Cut anywhere, a file gives an error and nothing else. */
static void
test_truncated (void)
{
  g_autofree char *path = get_path ("t1-baseline"), *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize n = 0; n + 2 < length; n++)
    assert_refused (text, (gssize) n, "x.backflow", NULL);
}

/* Any byte may be another: the file opens or is refused, and what opens can be written and read. */
static void
test_damaged (void)
{
  static const char bytes[] = "\"{}[],:0-e\\x \x80";
  g_autofree char *path = get_path ("t2-exploding"), *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize n = 0; n < length; n++)
    for (guint i = 0; i < sizeof bytes; i++)
      {
        const char was = text[n];
        g_autoptr (GError) error = NULL;
        g_autoptr (BfSpec) spec = NULL;

        text[n] = bytes[i];
        spec = bf_file_parse (text, (gssize) length, "x.backflow", NULL, &error);
        text[n] = was;
        g_assert_true ((spec == NULL) == (error != NULL));
        if (spec)
          {
            g_autofree char *printed = bf_file_print (spec);
            g_autoptr (BfSpec) back = parse (printed);

            g_assert_true (bf_spec_equal (spec, back));
          }
      }
}

static void
test_nesting_and_size (void)
{
  g_autofree char *deep = g_strnfill (100000, '['), *large = g_strnfill (17 * 1024 * 1024, ' ');
  static const char zero[] = "{" HEAD "\0}";

  assert_refused (deep, -1, "64", NULL);
  assert_refused (large, -1, "16", NULL);
  assert_refused (zero, sizeof zero - 1, "UTF-8", NULL);
  assert_refused ("{\"\xff\": 1}", -1, "UTF-8", NULL);
}

/* What the JSON library would take: it makes of "\\777" a byte that is no character, and knows comments and single quotes, in
 * which a double one would hide what comes after it. */
static void
test_lenient_json (void)
{
  static const char *const escapes[] = { "\\777", "\\x", "\\'", "\\u12g4", "\\u12", "\\u0000", "\\ud800", "\\ud800\\u0041", "\\udc00" };
  static const char *const strays[] = { "/* \" */ {", "// \"\n{", "# \"\n{", "{ 'a\"': " };
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr (BfSpec) spec = parse ("{" HEAD ", \"name\": \"\\u00e9 \\ud83d\\ude00 \\/ \\\\ \\\"\"}");

  g_assert_cmpstr (spec->name, ==, "é 😀 / \\ \"");
  for (guint i = 0; i < G_N_ELEMENTS (escapes); i++)
    {
      g_autofree char *text = g_strdup_printf ("{" HEAD ",\n\"name\": \"a%s\"}", escapes[i]);

      assert_refused (text, -1, "line 2", "backslash", NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (strays); i++)
    {
      g_autofree char *text = g_strconcat (strays[i], deep, NULL);

      assert_refused (text, -1, "line 1", "comments", NULL);
    }
}

static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.backflow", NULL), *none = g_build_filename (folder, "no", "x", NULL);
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  g_autoptr (BfSpec) back = NULL;

  g_assert_true (bf_file_save (spec, path, &error));
  back = bf_experiment_load_any (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bf_spec_equal (spec, back));
  g_assert_false (bf_file_save (spec, none, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (bf_file_load (folder, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (bf_file_load (none, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_experiment_load_any ("t2-relu", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (spec->name, ==, "T2 ReLU");
  g_assert_null (bf_experiment_load_any ("t3", NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_UNKNOWN);
  g_assert_nonnull (strstr (error->message, "t1-baseline"));
  g_clear_error (&error);
  g_assert_null (bf_examples_load ("../experiments/t2-relu", &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_UNKNOWN);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/ready-made-round-trip", test_ready_made_round_trip);
  g_test_add_func ("/file/ready-made-content", test_ready_made_content);
  g_test_add_func ("/file/ready-made-fit", test_ready_made_fit);
  g_test_add_func ("/file/numbers-survive", test_numbers_survive);
  g_test_add_func ("/file/texts-survive", test_texts_survive);
  g_test_add_func ("/file/every-kind-survives", test_every_kind_survives);
  g_test_add_func ("/file/clipping-and-schedule", test_clipping_and_schedule);
  g_test_add_func ("/file/missing-keys-are-defaults", test_missing_keys_are_defaults);
  g_test_add_func ("/file/ids-are-completed", test_ids_are_completed);
  g_test_add_func ("/file/unknown-keys-are-reported", test_unknown_keys_are_reported);
  g_test_add_func ("/file/keys-twice-are-reported", test_keys_twice_are_reported);
  g_test_add_func ("/file/newer-version", test_newer_version);
  g_test_add_func ("/file/wrong-values", test_wrong_values);
  g_test_add_func ("/file/truncated", test_truncated);
  g_test_add_func ("/file/damaged", test_damaged);
  g_test_add_func ("/file/nesting-and-size", test_nesting_and_size);
  g_test_add_func ("/file/lenient-json", test_lenient_json);
  g_test_add_func ("/file/files", test_files);
  g_test_add_func ("/file/names", test_names);
  return g_test_run ();
}
