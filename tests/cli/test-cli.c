/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli from outside: exit codes, the JSON object, figures on disk; and the main job end
 * to end: the sigmoid baseline on the shipped images loses its gradient, ReLU with He does not.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static char *program, *data_dir, *tests_dir;

typedef struct
{
  int code;
  char *out, *err;
  JsonNode *json;   /* of standard output, NULL when it is none */
} Result;

static void
result_clear (Result *self)
{
  g_free (self->out);
  g_free (self->err);
  g_clear_pointer (&self->json, json_node_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* Runs the program with the words of `line`; folders by name: $SAMPLE, $TESTS, $OUT. */
static Result
run_in (const char *line, const char *out_dir)
{
  g_autoptr (GString) words = g_string_new (line);
  g_autofree char *sample = g_build_filename (data_dir, "fashion-mnist-sample", NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_auto (GStrv) split = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Result result = { 0 };

  g_string_replace (words, "$SAMPLE", sample, 0);
  g_string_replace (words, "$TESTS", tests_dir, 0);
  g_string_replace (words, "$OUT", out_dir ? out_dir : "", 0);
  split = g_strsplit (words->str, " ", -1);
  g_ptr_array_add (arguments, program);
  for (guint i = 0; split[i]; i++)
    if (*split[i])
      g_ptr_array_add (arguments, split[i]);
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result.code = g_subprocess_get_exit_status (process);
  result.json = json_from_string (result.out, NULL);
  g_test_message ("%s → %d\n%s%s", words->str, result.code, result.out, result.err);
  return result;
}

static Result
run (const char *line)
{
  return run_in (line, NULL);
}

static JsonObject *
get_object (const Result *result)
{
  g_assert_nonnull (result->json);
  return json_node_get_object (result->json);
}

static double
get_layer_number (const Result *result, int layer, const char *name)
{
  JsonArray *layers = json_object_get_array_member (get_object (result), "layers");
  guint n = json_array_get_length (layers);

  return json_object_get_double_member (json_array_get_object_element (layers, layer < 0 ? n - (guint) -layer : (guint) layer), name);
}

static void
test_usage (void)
{
  static const char *const lines[] = {
    "", "fly", "run", "run t1-baseline t2-relu", "run t1-baseline --epochs two", "run t1-baseline --epochs 0",
    "run t1-baseline --steps -3", "run t1-baseline --steps 1 --epochs 1", "run t1-baseline --format gif",
    "run t1-baseline --figure pie --out x", "run t1-baseline --figure heatmap",
    "run t1-baseline --loss-axis polar", "study t2-table --loss-axis polar",
    "run t1-baseline --out x --examination pie", "run t1-baseline --out x --examination landscape:points=51",
    "run t1-baseline --out x --examination landscape:reach", "run t1-baseline --examination landscape",
    "run t2-sigmoid --remedy magic", "run t2-sigmoid --remedy activation:function=magic",
    "run t2-sigmoid --remedy activation:std=1", "run t2-sigmoid --remedy increasing-weights:std=wide",
    "study", "study t2-table t1-table", "study t2-table --seeds 0", "study t2-table --jobs many", "study t2-table --epochs -3",
    "code", "code t1-baseline --framework fortran", "code t1-baseline --parity 8", "code t1-baseline --weights w",
    "gradients", "gradients t1-baseline --samples 0", "gradients t1-baseline --seed -7",
    "bench --network magic", "bench --threads 0", "bench --statistics some", "bench --steps -1", "bench s1",
    "list", "list unknown", "check", "run --no-such-option t1-baseline",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (Result) result = run (lines[i]);

      g_assert_cmpint (result.code, ==, 2);
      g_assert_cmpstr (result.out, ==, "");
      g_assert_true (g_str_has_prefix (result.err, "backflow-cli: "));
    }
}

static void
test_help (void)
{
  static const char *const lines[] = { "--help", "--version", "run --help", "list --help", "check --help", "study --help" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (Result) result = run (lines[i]);

      g_assert_cmpint (result.code, ==, 0);
      g_assert_cmpuint (strlen (result.out), >, 10);
    }
}

static void
test_bad_input (void)
{
  static const char *const lines[] = {
    "run no-such-experiment", "run $TESTS/data/no-such-file.backflow", "check $TESTS/meson.build",
    "study no-such-study", "study $TESTS/meson.build", "study $TESTS/no-such-file.study",
    "run t1-baseline --data $TESTS", "run $TESTS/summary.py",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (Result) result = run (lines[i]);

      g_assert_cmpint (result.code, ==, 3);
      g_assert_true (g_str_has_prefix (result.err, "backflow-cli: "));
    }
}

static void
test_lists (void)
{
  static const struct { const char *list, *row; } lists[] = {
    { "layers", "dense" }, { "activations", "hard-swish" }, { "initializers", "orthogonal" },
    { "optimizers", "sgd" }, { "clippings", "global-norm" }, { "schedules", "cosine" }, { "remedies", "increasing-weights" }, { "figures", "heatmap" },
    { "experiments", "t2-exploding" }, { "data", "random-regression" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *line = g_strdup_printf ("list %s", lists[i].list);
      g_auto (Result) result = run (line);

      g_assert_cmpint (result.code, ==, 0);
      g_assert_nonnull (strstr (result.out, lists[i].row));
    }
}

/* Every ready-made experiment can be built on its data. */
static void
test_check (void)
{
  static const char *const ids[] = { "t1-baseline", "t1-fifty", "t2-sigmoid", "t2-relu", "t2-exploding", "spiral" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *line = g_strdup_printf ("check %s", ids[i]);
      g_auto (Result) result = run (line);

      g_assert_cmpint (result.code, ==, 0);
    }
}

static void
test_json (void)
{
  static const char *const keys[] = {
    "experiment", "seed", "steps", "outcome", "diverged", "epochs", "test_accuracy", "layers", "steps_per_second",
  };
  g_auto (Result) result = run ("run t2-sigmoid --seed 7 --epochs 2 --json");
  JsonObject *object = get_object (&result), *epoch;

  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpuint (json_object_get_size (object), ==, G_N_ELEMENTS (keys));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (json_object_has_member (object, keys[i]));
  g_assert_cmpstr (json_object_get_string_member (object, "experiment"), ==, "t2-sigmoid");
  g_assert_cmpint (json_object_get_int_member (object, "seed"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (object, "outcome"), ==, "finished");
  g_assert_true (json_object_get_null_member (object, "diverged"));
  g_assert_true (json_object_get_null_member (object, "test_accuracy"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "epochs")), ==, 2);
  epoch = json_array_get_object_element (json_object_get_array_member (object, "epochs"), 1);
  g_assert_cmpint (json_object_get_int_member (epoch, "epoch"), ==, 2);
  g_assert_true (json_object_get_null_member (epoch, "train_accuracy"));
  g_assert_cmpfloat (json_object_get_double_member (epoch, "train_loss"), <, 0.12);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "layers")), ==, 11);
  g_assert_cmpfloat (get_layer_number (&result, 0, "weight_norm"), >, 0);
}

/* The same seed gives the same numbers, another seed others. */
static void
test_seed (void)
{
  g_auto (Result) a = run ("run t2-relu --seed 3 --steps 40 --json");
  g_auto (Result) b = run ("run t2-relu --seed 3 --steps 40 --json");
  g_auto (Result) c = run ("run t2-relu --seed 4 --steps 40 --json");

  g_assert_cmpint (json_object_get_int_member (get_object (&a), "steps"), ==, 40);
  g_assert_true (get_layer_number (&a, 0, "gradient_norm_last") == get_layer_number (&b, 0, "gradient_norm_last"));
  g_assert_true (get_layer_number (&a, 0, "weight_norm") == get_layer_number (&b, 0, "weight_norm"));
  g_assert_false (get_layer_number (&a, 0, "weight_norm") == get_layer_number (&c, 0, "weight_norm"));
}

static void
test_exploding (void)
{
  g_auto (Result) result = run ("run t2-exploding --json");
  JsonObject *diverged, *layer;

  g_assert_cmpint (result.code, ==, 1);
  g_assert_cmpstr (json_object_get_string_member (get_object (&result), "outcome"), ==, "diverged");
  diverged = json_object_get_object_member (get_object (&result), "diverged");
  g_assert_cmpint (json_object_get_int_member (diverged, "step"), <, 5);
  layer = json_object_get_object_member (diverged, "layer");
  g_assert_cmpint (json_object_get_int_member (layer, "index"), >=, 0);
  g_assert_cmpuint (strlen (json_object_get_string_member (layer, "name")), >, 3);
}

/* T2: the sigmoid network barely learns: the loss ends at the variance of the target, 1/12. */
static void
test_t2_sigmoid (void)
{
  g_auto (Result) result = run ("run t2-sigmoid --json");
  JsonArray *epochs = json_object_get_array_member (get_object (&result), "epochs");
  double loss = json_object_get_double_member (json_array_get_object_element (epochs, 4), "train_loss");

  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpfloat (loss, >, 0.07);
  g_assert_cmpfloat (loss, <, 0.1);
  g_assert_cmpfloat (get_layer_number (&result, 0, "gradient_norm_last"), <,
                     1e-3 * get_layer_number (&result, -2, "gradient_norm_last"));
}

/* The main job: the gradient of the sigmoid baseline vanishes on real images … */
static void
test_baseline_vanishes (void)
{
  g_auto (Result) result = run ("run t1-baseline --data $SAMPLE --epochs 2 --json");

  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpfloat (get_layer_number (&result, 0, "gradient_norm_last"), >, 0);
  g_assert_cmpfloat (get_layer_number (&result, 0, "gradient_norm_last"), <,
                     1e-3 * get_layer_number (&result, -2, "gradient_norm_last"));
  g_assert_cmpfloat (json_object_get_double_member (get_object (&result), "test_accuracy"), <, 0.2);
}

/* … and with ReLU and He starting weights it does not. */
static void
test_relu_he_learns (void)
{
  g_auto (Result) result = run ("run $TESTS/data/relu-he.backflow --data $SAMPLE --epochs 2 --json");

  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpfloat (get_layer_number (&result, 0, "gradient_norm_last"), >,
                     1e-1 * get_layer_number (&result, -2, "gradient_norm_last"));
  g_assert_cmpfloat (json_object_get_double_member (get_object (&result), "test_accuracy"), >, 0.4);
}

static void
test_remedy (void)
{
  g_auto (Result) result = run ("run t1-baseline --data $SAMPLE --epochs 1 --json --remedy increasing-weights:std=1");

  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpfloat (get_layer_number (&result, 0, "gradient_norm_last"), >,
                     1e-2 * get_layer_number (&result, -2, "gradient_norm_last"));
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

static void
assert_begins (const char *folder, const char *name, const char *bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *contents = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpuint (length, >, strlen (bytes));
  g_assert_cmpmem (contents, strlen (bytes), bytes, strlen (bytes));
}

static void
test_out (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_auto (Result) svg = run_in ("run t2-relu --epochs 1 --out $OUT --figure heatmap --figure flow --format svg", folder);
  g_auto (Result) png = run_in ("run t2-relu --epochs 1 --out $OUT", folder);
  g_auto (Result) pdf = run_in ("run t2-relu --epochs 1 --out $OUT --figure curves --format pdf", folder);
  g_auto (Result) again = run_in ("check $OUT/experiment.backflow", folder);

  g_assert_cmpint (svg.code + png.code + pdf.code + again.code, ==, 0);
  assert_begins (folder, "heatmap.svg", "<?xml");
  assert_begins (folder, "flow.svg", "<?xml");
  assert_begins (folder, "heatmap.png", "\x89PNG");
  assert_begins (folder, "ridgelines.png", "\x89PNG");
  assert_begins (folder, "depth.csv", "");
  assert_begins (folder, "curves.pdf", "%PDF");
  assert_begins (folder, "result.json", "{");
  remove_folder (folder);
}

static char *
read_curves (const char *arguments)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_auto (Result) result = run_in (arguments, folder);
  g_autofree char *path = g_build_filename (folder, "curves.svg", NULL);
  char *contents = NULL;

  g_assert_cmpint (result.code, ==, 0);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  remove_folder (folder);
  return contents;
}

/* These losses span few decades: linear is what is chosen. */
static void
test_loss_axis (void)
{
  g_autofree char *automatic = read_curves ("run spiral --steps 50 --out $OUT --figure curves --format svg");
  g_autofree char *linear = read_curves ("run spiral --steps 50 --out $OUT --figure curves --format svg --loss-axis linear");
  g_autofree char *decades = read_curves ("run spiral --steps 50 --out $OUT --figure curves --format svg --loss-axis logarithmic");

  g_assert_cmpstr (automatic, ==, linear);
  g_assert_cmpstr (linear, !=, decades);
}

/* What takes a while is written when it is named, or with --examine, and not otherwise. */
static void
test_examine (void)
{
  static const struct { const char *arguments, *figure, *head; gboolean written; } cases[] = {
    { "run spiral --steps 3 --out $OUT", "jacobian", NULL, FALSE },
    { "run spiral --steps 3 --out $OUT --figure jacobian", "jacobian", "what,layer,name,step,", TRUE },
    { "run spiral --steps 3 --out $OUT --figure loss-line", "loss-line", "step,learning_rates,loss,", TRUE },
    { "run spiral --steps 3 --out $OUT --figure landscape", "landscape", "first_direction,second_direction,loss,", TRUE },
    { "run spiral --steps 3 --out $OUT --examination landscape:points=2,reach=0.25", "landscape",
      "first_direction,second_direction,loss,accuracy\n-0.25,-0.25,", TRUE },
    { "run spiral --steps 3 --out $OUT --examine", "landscape", "first_direction,second_direction,loss,", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
      g_auto (Result) result = run_in (cases[i].arguments, folder);
      g_autofree char *picture = g_strconcat (cases[i].figure, ".png", NULL);
      g_autofree char *table = g_strconcat (cases[i].figure, ".csv", NULL);
      g_autofree char *path = g_build_filename (folder, picture, NULL);

      g_assert_cmpint (result.code, ==, 0);
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, cases[i].written);
      if (cases[i].written)
        assert_begins (folder, table, cases[i].head);
      remove_folder (folder);
    }
}

static JsonObject *
get_row (const Result *result, const char *id)
{
  JsonArray *rows = json_object_get_array_member (get_object (result), "rows");

  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (g_str_equal (json_object_get_string_member (json_array_get_object_element (rows, i), "id"), id))
      return json_array_get_object_element (rows, i);
  g_error ("no row %s", id);
}

static void
test_study (void)
{
  static const char *const keys[] = {
    "id", "label", "seeds", "test_accuracy_mean", "test_accuracy_sd", "validation_loss_mean", "train_loss_mean",
    "train_loss_sd", "published_test_accuracy", "published_train_loss", "attenuation", "outcome", "steps_per_second",
  };
  g_autofree char *out = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_auto (Result) result = run_in ("study t2-table --seeds 2 --epochs 1 --jobs 2 --json --out $OUT", out);
  JsonObject *relu = get_row (&result, "relu"), *exploding = get_row (&result, "exploding");
  JsonArray *seeds = json_object_get_array_member (relu, "seeds");
  g_autofree char *csv_path = g_build_filename (out, "runs.csv", NULL);
  g_autofree char *picture = g_build_filename (out, "relu-curves.png", NULL);
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (result.code, ==, 0);
  g_assert_true (g_file_test (picture, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpstr (json_object_get_string_member (get_object (&result), "study"), ==, "t2-table");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (json_object_has_member (relu, keys[i]));
  g_assert_cmpuint (json_object_get_size (relu), ==, G_N_ELEMENTS (keys));
  g_assert_cmpuint (json_array_get_length (seeds), ==, 2);
  g_assert_cmpint (json_array_get_int_element (seeds, 0), ==, 42);
  g_assert_cmpint (json_array_get_int_element (seeds, 1), ==, 43);
  g_assert_cmpstr (json_object_get_string_member (relu, "outcome"), ==, "finished");
  g_assert_cmpfloat (json_object_get_double_member (relu, "published_train_loss"), ==, 0.0822);
  g_assert_true (json_object_get_null_member (relu, "published_test_accuracy"));
  g_assert_cmpfloat (json_object_get_double_member (relu, "train_loss_mean"), >, 0.05);
  g_assert_cmpfloat (json_object_get_double_member (relu, "train_loss_sd"), >, 0);
  g_assert_cmpstr (json_object_get_string_member (exploding, "outcome"), ==, "diverged");
  g_assert_true (json_object_get_null_member (exploding, "train_loss_mean"));
  /* The same network twice. */
  g_assert_cmpfloat (json_object_get_double_member (relu, "train_loss_mean"), ==,
                     json_object_get_double_member (get_row (&result, "glorot"), "train_loss_mean"));

  /* A line a run, and one of heads. */
  g_assert_true (g_file_get_contents (csv_path, &csv, NULL, NULL));
  lines = g_strsplit (g_strchomp (csv), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==,
                    1 + 2 * json_array_get_length (json_object_get_array_member (get_object (&result), "rows")));
}

/* Of the sample's images: every row of T1 with its accuracy beside the published one. */
static void
test_study_t1 (void)
{
  static const char *const ids[] = {
    "baseline", "std-1", "std-10", "relu", "adam", "batch-norm", "tensor-norm", "skip", "gradient-norm",
  };
  g_auto (Result) result = run ("study t1-table --epochs 1 --json --data $SAMPLE");
  JsonArray *rows = json_object_get_array_member (get_object (&result), "rows");

  g_assert_cmpint (result.code, ==, 0);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);

      g_assert_false (json_object_get_null_member (row, "published_test_accuracy"));
      if (g_str_equal (json_object_get_string_member (row, "outcome"), "finished"))
        g_assert_cmpfloat (json_object_get_double_member (row, "test_accuracy_mean"), >, 0.01);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpstr (json_object_get_string_member (get_row (&result, ids[i]), "outcome"), ==, "finished");
  g_assert_cmpfloat (json_object_get_double_member (get_row (&result, "baseline"), "attenuation"), <, 0.01);
  g_assert_cmpfloat (json_object_get_double_member (get_row (&result, "batch-norm"), "attenuation"), >, 0.1);
}

static void
test_study_table (void)
{
  g_auto (Result) result = run ("study t2-table --epochs 1");

  g_assert_cmpint (result.code, ==, 0);
  g_assert_nonnull (strstr (result.out, "Sigmoid"));
  g_assert_nonnull (strstr (result.out, "0.0836"));
  g_assert_nonnull (strstr (result.out, "1 of 1 diverged"));
  g_assert_nonnull (strstr (result.err, "seed 42"));
}

/* The gradients that one batch gives at the start: falling towards the input, null where they explode,
 * and a matter of the seed. */
static void
test_gradients (void)
{
  g_auto (Result) baseline = run ("gradients t1-baseline --samples 64 --data $SAMPLE --json");
  g_auto (Result) other = run ("gradients t1-baseline --samples 64 --data $SAMPLE --json --seed 7");
  g_auto (Result) exploding = run ("gradients t2-exploding --samples 32 --json");
  g_auto (Result) too_many = run ("gradients t2-exploding --samples 1001 --json");
  JsonArray *norms = json_object_get_array_member (get_object (&baseline), "gradient_norms");

  g_assert_cmpint (baseline.code + exploding.code, ==, 0);
  g_assert_cmpuint (json_array_get_length (norms), ==, 8);
  for (guint i = 0; i + 1 < 8; i++)
    g_assert_cmpfloat (json_array_get_double_element (norms, i), <, json_array_get_double_element (norms, i + 1));
  g_assert_cmpfloat (json_object_get_double_member (get_object (&baseline), "loss"), <, 2.5);
  g_assert_cmpfloat (json_object_get_double_member (get_object (&baseline), "loss"), !=,
                     json_object_get_double_member (get_object (&other), "loss"));
  g_assert_true (json_array_get_null_element (json_object_get_array_member (get_object (&exploding), "gradient_norms"), 0));
  g_assert_cmpint (too_many.code, ==, 3);
  g_assert_nonnull (strstr (too_many.err, "1000"));
}

/* From any working folder, uninstalled: / holds nothing of ours. */
static void
test_working_folder (void)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;

  g_subprocess_launcher_set_cwd (launcher, "/");
  process = g_subprocess_launcher_spawn (launcher, NULL, program, "check", "t1-baseline", NULL);
  g_assert_nonnull (process);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

/* No word about how fast: that depends on what else the machine does. */
static void
test_bench (void)
{
  static const char *const statistics[] = { "off", "every", "full" };

  for (guint i = 0; i < G_N_ELEMENTS (statistics); i++)
    for (int threads = 1; threads <= 2; threads++)
      {
        g_autofree char *line = g_strdup_printf ("bench --network tiny --threads %d --statistics %s --steps 200 --json",
                                                 threads, statistics[i]);
        g_auto (Result) result = run (line);
        JsonObject *object = get_object (&result);

        g_assert_cmpint (result.code, ==, 0);
        g_assert_cmpstr (json_object_get_string_member (object, "network"), ==, "tiny");
        g_assert_cmpstr (json_object_get_string_member (object, "statistics"), ==, statistics[i]);
        g_assert_cmpint (json_object_get_int_member (object, "threads"), ==, threads);
        g_assert_cmpint (json_object_get_int_member (object, "steps"), ==, 200);
        g_assert_cmpint (json_object_get_int_member (object, "parameters"), ==, 2 * 8 + 8 + 5 * (8 * 8 + 8) + 8 + 1);
        g_assert_cmpfloat (json_object_get_double_member (object, "steps_per_second"), >, 0);
        g_assert_nonnull (json_object_get_string_member (object, "kernel"));
      }
}

static JsonObject *
get_run (const Result *result, guint i)
{
  return json_array_get_object_element (json_object_get_array_member (get_object (result), "runs"), i);
}

/* Kept, listed, gone on with: the same numbers as a run of all steps at once. */
static void
test_notebook (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "my.db", NULL), *line = NULL;
  g_auto (Result) whole = run ("run spiral --epochs 4 --threads 1 --json");
  g_auto (Result) half = run_in ("run spiral --epochs 2 --threads 1 --notebook $OUT/my.db --json", folder);
  g_auto (Result) runs = run_in ("runs --notebook $OUT/my.db --json", folder);
  g_auto (Result) table = run_in ("runs --notebook $OUT/my.db", folder);
  g_auto (Result) more = { 0 }, none = { 0 };

  g_assert_cmpint (whole.code, ==, 0);
  g_assert_cmpint (half.code, ==, 0);
  g_assert_cmpint (runs.code, ==, 0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (&runs), "runs")), ==, 1);
  g_assert_cmpint (json_object_get_int_member (get_run (&runs, 0), "steps"), ==, json_object_get_int_member (get_object (&half), "steps"));
  g_assert_cmpstr (json_object_get_string_member (get_run (&runs, 0), "state"), ==, "finished");
  g_assert_cmpint (table.code, ==, 0);
  g_assert_nonnull (strstr (table.out, "finished"));
  line = g_strdup_printf ("resume %s --again --notebook $OUT/my.db --json",
                          json_object_get_string_member (get_run (&runs, 0), "run"));
  more = run_in (line, folder);
  g_assert_cmpint (more.code, ==, 0);
  g_assert_cmpint (json_object_get_int_member (get_object (&more), "steps"), ==,
                   json_object_get_int_member (get_object (&whole), "steps"));
  g_assert_cmpfloat (get_layer_number (&more, 0, "gradient_norm_last"), ==, get_layer_number (&whole, 0, "gradient_norm_last"));
  none = run_in ("resume no-such-run --notebook $OUT/my.db", folder);
  g_assert_cmpint (none.code, ==, 3);
  g_remove (path);
}

/* A study called again takes what the notebook has. */
static void
test_study_notebook (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "my.db", NULL);
  g_auto (Result) first = run_in ("study t2-table --epochs 2 --seeds 2 --notebook $OUT/my.db --json", folder);
  g_auto (Result) again = run_in ("study t2-table --epochs 2 --seeds 2 --notebook $OUT/my.db --json", folder);
  g_auto (Result) runs = run_in ("runs --notebook $OUT/my.db --json", folder);
  JsonArray *rows, *rows_again;

  g_assert_cmpint (first.code, ==, 0);
  g_assert_cmpint (again.code, ==, 0);
  rows = json_object_get_array_member (get_object (&first), "rows");
  rows_again = json_object_get_array_member (get_object (&again), "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, json_array_get_length (rows_again));
  /* Also the speed is the one measured then: nothing was trained again. */
  for (guint i = 0; i < json_array_get_length (rows); i++)
    g_assert_true (json_node_equal (json_array_get_element (rows, i), json_array_get_element (rows_again, i)));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (&runs), "runs")), ==, 12);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  program = g_canonicalize_filename (argv[1], NULL);
  data_dir = argv[2];
  tests_dir = argv[3];

  g_test_add_func ("/cli/usage", test_usage);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/bad-input", test_bad_input);
  g_test_add_func ("/cli/list", test_lists);
  g_test_add_func ("/cli/check", test_check);
  g_test_add_func ("/cli/json", test_json);
  g_test_add_func ("/cli/seed", test_seed);
  g_test_add_func ("/cli/exploding", test_exploding);
  g_test_add_func ("/cli/t2-sigmoid", test_t2_sigmoid);
  g_test_add_func ("/cli/baseline-vanishes", test_baseline_vanishes);
  g_test_add_func ("/cli/relu-he-learns", test_relu_he_learns);
  g_test_add_func ("/cli/remedy", test_remedy);
  g_test_add_func ("/cli/out", test_out);
  g_test_add_func ("/cli/loss-axis", test_loss_axis);
  g_test_add_func ("/cli/examine", test_examine);
  g_test_add_func ("/cli/study", test_study);
  g_test_add_func ("/cli/study-t1", test_study_t1);
  g_test_add_func ("/cli/study-table", test_study_table);
  g_test_add_func ("/cli/notebook", test_notebook);
  g_test_add_func ("/cli/study-notebook", test_study_notebook);
  g_test_add_func ("/cli/gradients", test_gradients);
  g_test_add_func ("/cli/bench", test_bench);
  g_test_add_func ("/cli/working-folder", test_working_folder);
  return g_test_run ();
}
