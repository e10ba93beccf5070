/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The engine against what PyTorch computes in float64: each case of tests/data/cases, or each file
 * given as an argument, is a small network, its starting values and a few training steps. A tensor
 * may be off by ‖difference‖ ≤ relative · ‖expected‖ + 1e-6 · (largest norm of its sort in the
 * case); the floor is for what is 0 in exact arithmetic. A key that is not known fails the case, and
 * so does a kind that no table has.
 */
#include "bf-clip.h"
#include "bf-network.h"
#include "bf-optimizer.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define FIRST_STEP 2e-4
#define LAST_STEP  1e-3
#define FLOOR      1e-6

typedef struct
{
  JsonObject *root;
  BfSpec *spec;
  BfNetwork *network;
  float *state;        /* of the optimizer */
  char *wrong;         /* why the case cannot be run */
  char *worst;         /* the tensor furthest off */
  double worst_ratio;  /* its difference over what is allowed */
} Case;

static void
wrong (Case *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
wrong (Case *self, const char *format, ...)
{
  va_list arguments;

  if (self->wrong)
    return;
  va_start (arguments, format);
  self->wrong = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* Whether all members of an object are in a list of words. */
static void
check_keys (Case *self, JsonObject *object, const char *where, const char *words)
{
  g_auto (GStrv) known = g_strsplit (words, " ", -1);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *m = members; m; m = m->next)
    if (!g_strv_contains ((const char *const *) known, m->data))
      wrong (self, "%s has the unknown key “%s”", where, (const char *) m->data);
}

static JsonObject *
get_object (Case *self, JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  wrong (self, "“%s” is not an object", key);
  return NULL;
}

static JsonArray *
get_array (Case *self, JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  wrong (self, "“%s” is not an array", key);
  return NULL;
}

/* All numbers of nested arrays, in order. */
static void
flatten (JsonNode *node, GArray *numbers)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        flatten (json_array_get_element (array, i), numbers);
    }
  else
    {
      double number = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;

      g_array_append_val (numbers, number);
    }
}

static GArray *
get_numbers (Case *self, JsonObject *object, const char *key)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));

  if (json_object_has_member (object, key))
    flatten (json_object_get_member (object, key), numbers);
  else
    wrong (self, "“%s” is missing", key);
  return numbers;
}

/* One option from its JSON value. "from" counts layers from 0; permanent ids count from 1. */
static void
set_option (Case *self, BfOptions *options, const char *key, JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  const BfParam *param = bf_kind_find_param (bf_options_get_kind (options), key);
  double shift = param && param->type == BF_PARAM_LAYER ? 1 : 0;

  if (type == G_TYPE_STRING)
    bf_options_set_string (options, key, json_node_get_string (node), &error);
  else if (type == G_TYPE_BOOLEAN)
    bf_options_set_number (options, key, json_node_get_boolean (node), &error);
  else if (type != G_TYPE_INVALID)
    bf_options_set_number (options, key, json_node_get_double (node) + shift, &error);
  else
    wrong (self, "“%s” is not a value", key);
  if (error)
    wrong (self, "%s", error->message);
}

/* The kind that an object names, or NULL. */
static const BfKind *
get_kind (Case *self, BfTable table, const char *what, JsonObject *object)
{
  const char *id = json_object_get_string_member_with_default (object, "kind", "");
  const BfKind *kind = bf_kind_find (table, id);

  if (!kind)
    wrong (self, "there is no %s “%s”", what, id);
  return kind;
}

static void
set_options (Case *self, BfOptions *options, JsonObject *object, const char *except)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *m = members; m; m = m->next)
    if (!g_str_equal (m->data, "kind") && g_strcmp0 (m->data, except) != 0)
      set_option (self, options, m->data, json_object_get_member (object, m->data));
}

static void
read_layers (Case *self)
{
  JsonObject *network = get_object (self, self->root, "network");
  JsonArray *layers = network ? get_array (self, network, "layers") : NULL;
  JsonArray *frozen = get_array (self, self->root, "frozen");

  if (self->wrong)
    return;
  check_keys (self, network, "network", "input layers");
  for (guint i = 0; i < json_array_get_length (layers) && !self->wrong; i++)
    {
      JsonObject *object = json_array_get_object_element (layers, i);
      const BfKind *kind = get_kind (self, bf_layer_kinds, "layer", object);

      if (kind)
        set_options (self, bf_spec_append (self->spec, kind->id)->options, object, NULL);
    }
  for (guint i = 0; i < json_array_get_length (frozen) && !self->wrong; i++)
    {
      BfLayer *layer = bf_spec_find_layer (self->spec, (guint32) json_array_get_int_element (frozen, i) + 1, NULL, NULL);

      if (layer)
        layer->frozen = TRUE;
      else
        wrong (self, "“frozen” names a layer that is not there");
    }
}

static void
read_clipping (Case *self, JsonObject *clip)
{
  const BfKind *kind = get_kind (self, bf_clippings, "clipping", clip);

  if (!kind)
    return;
  bf_options_free (self->spec->clipping);
  self->spec->clipping = bf_options_new (kind);
  set_options (self, self->spec->clipping, clip, NULL);
}

static void
read_training (Case *self)
{
  JsonObject *optimizer = get_object (self, self->root, "optimizer");
  const char *loss = json_object_get_string_member_with_default (self->root, "loss", "");
  const BfKind *kind = bf_kind_find (bf_losses, loss);
  JsonNode *clip = json_object_get_member (self->root, "clip");

  if (self->wrong)
    return;
  if (!kind)
    wrong (self, "there is no loss “%s”", loss);
  else
    {
      bf_options_free (self->spec->loss);
      self->spec->loss = bf_options_new (kind);
    }
  kind = get_kind (self, bf_optimizers, "optimizer", optimizer);
  if (kind)
    {
      bf_options_free (self->spec->optimizer);
      self->spec->optimizer = bf_options_new (kind);
      set_options (self, self->spec->optimizer, optimizer, "learning_rate");
      self->spec->learning_rate = json_object_get_double_member_with_default (optimizer, "learning_rate", NAN);
    }
  if (clip && JSON_NODE_HOLDS_OBJECT (clip))
    read_clipping (self, json_node_get_object (clip));
}

/* The network's tensor that an entry of "parameters" or "gradients" speaks of. */
static const BfParameter *
find_tensor (Case *self, JsonObject *entry)
{
  gint64 layer = json_object_get_int_member_with_default (entry, "layer", -1);
  const char *name = json_object_get_string_member_with_default (entry, "name", "");
  const BfParameter *parameter = NULL;

  check_keys (self, entry, "a tensor", "layer name shape values");
  if (layer >= 0 && layer < bf_network_get_plan (self->network)->n_layers)
    parameter = bf_network_find_parameter (self->network, (guint) layer, name);
  if (!parameter && layer >= 0 && layer < bf_network_get_plan (self->network)->n_layers)
    parameter = bf_network_find_buffer (self->network, (guint) layer, name);
  if (!parameter)
    wrong (self, "layer %d has no tensor “%s”", (int) layer, name);
  return parameter;
}

static void
read_parameters (Case *self)
{
  JsonArray *list = get_array (self, self->root, "parameters");
  guint n_tensors = bf_network_get_n_parameters (self->network) + bf_network_get_n_buffers (self->network);
  guint set = 0;

  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);
      const BfParameter *parameter = find_tensor (self, entry);
      g_autoptr (GArray) values = get_numbers (self, entry, "values");

      if (!parameter)
        return;
      if (values->len != parameter->rows * parameter->columns)
        return wrong (self, "“%s” of layer %u has %u values", parameter->name, parameter->layer, values->len);
      for (guint k = 0; k < values->len; k++)
        parameter->value[k] = (float) g_array_index (values, double, k);
      set++;
    }
  if (set != n_tensors)
    wrong (self, "%u of %u tensors are given", set, n_tensors);
}

/* The largest batch of the case. */
static guint
get_largest_batch (Case *self)
{
  JsonArray *batches = get_array (self, self->root, "batches");
  guint largest = 1;

  for (guint i = 0; batches && i < json_array_get_length (batches); i++)
    {
      JsonArray *x = get_array (self, json_array_get_object_element (batches, i), "x");

      largest = MAX (largest, x ? json_array_get_length (x) : 0);
    }
  return largest;
}

static void
build_network (Case *self)
{
  guint inputs = (guint) json_object_get_int_member (json_object_get_object_member (self->root, "network"), "input");
  gboolean classes = bf_options_is (self->spec->loss, "cross-entropy");
  g_autoptr (GError) error = NULL;
  g_autoptr (BfPlan) probe = bf_plan_new (self->spec, &(BfShape) { inputs, 0, 0 });
  guint outputs = probe->n_layers ? probe->layers[probe->n_layers - 1].outputs : 0;
  g_autoptr (BfPlan) plan = bf_plan_new (self->spec, &(BfShape) { inputs, outputs, classes ? outputs : 0 });
  guint state_size = ((const BfOptimizer *) bf_options_get_kind (self->spec->optimizer))->state_size;

  self->network = bf_network_new (plan, 1, get_largest_batch (self), &error);
  if (!self->network)
    return wrong (self, "%s", error->message);
  self->state = g_new0 (float, bf_network_get_size (self->network) * state_size + 1);
  read_parameters (self);
}

/* Compares n floats; remembers the one furthest off, in units of what is allowed. */
static void
compare (Case *self, const char *what, const float *actual, const GArray *expected, gsize n, double relative, double floor)
{
  double difference = 0, norm = 0, allowed, ratio;

  if (expected->len != n)
    return wrong (self, "%s has %u values in place of %u", what, expected->len, (guint) n);
  for (gsize i = 0; i < n; i++)
    {
      double e = g_array_index (expected, double, i);

      difference += (actual[i] - e) * (actual[i] - e);
      norm += e * e;
    }
  allowed = relative * sqrt (norm) + floor;
  ratio = difference == 0 ? 0 : sqrt (difference) / allowed;
  if (isnan (ratio))
    ratio = INFINITY;
  if (self->worst && ratio <= self->worst_ratio)
    return;
  g_free (self->worst);
  self->worst_ratio = ratio;
  self->worst = g_strdup_printf ("%s: ‖difference‖ %.3g of ‖expected‖ %.3g, allowed are %.3g",
                                 what, sqrt (difference), sqrt (norm), allowed);
}

/* The largest norm in a list of tensors, for the floor. */
static double
get_largest_norm (Case *self, JsonArray *list)
{
  double largest = 0;

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      g_autoptr (GArray) values = get_numbers (self, json_array_get_object_element (list, i), "values");
      double norm = 0;

      for (guint k = 0; k < values->len; k++)
        norm += g_array_index (values, double, k) * g_array_index (values, double, k);
      largest = MAX (largest, sqrt (norm));
    }
  return largest;
}

static void
compare_tensors (Case *self, const char *sort, JsonArray *list, gboolean gradients, double relative)
{
  double floor = FLOOR * get_largest_norm (self, list);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);
      const BfParameter *parameter = find_tensor (self, entry);
      g_autoptr (GArray) expected = get_numbers (self, entry, "values");
      g_autofree char *what = NULL;

      if (!parameter)
        return;
      what = g_strdup_printf ("%s %s of layer %u", sort, parameter->name, parameter->layer);
      compare (self, what, gradients ? parameter->gradient : parameter->value, expected,
               (gsize) parameter->rows * parameter->columns, relative, floor);
    }
}

static void
compare_output (Case *self, const char *what, JsonObject *object, const char *key, guint n, double relative)
{
  const BfPlan *plan = bf_network_get_plan (self->network);
  g_autoptr (GArray) expected = get_numbers (self, object, key);

  compare (self, what, bf_network_get_output (self->network, plan->n_layers - 1), expected,
           (gsize) n * plan->shape.outputs, relative, 0);
}

/* Writes a batch's x into the network; returns the number of samples. */
static guint
load_input (Case *self, JsonObject *batch)
{
  g_autoptr (GArray) x = get_numbers (self, batch, "x");
  guint inputs = bf_network_get_plan (self->network)->shape.inputs;

  for (guint i = 0; i < x->len; i++)
    bf_network_get_input (self->network)[i] = (float) g_array_index (x, double, i);
  return x->len / inputs;
}

static double
compute_loss (Case *self, JsonObject *batch, guint n)
{
  g_autoptr (GArray) y = get_numbers (self, batch, "y");
  g_autofree guint16 *labels = g_new0 (guint16, y->len);
  g_autofree float *targets = g_new0 (float, y->len);
  gboolean classes = bf_network_get_plan (self->network)->shape.classes > 0;

  for (guint i = 0; i < y->len; i++)
    {
      labels[i] = (guint16) g_array_index (y, double, i);
      targets[i] = (float) g_array_index (y, double, i);
    }
  return bf_network_loss (self->network, n, classes ? labels : NULL, classes ? NULL : targets, NULL);
}

static void
update (Case *self, guint64 step)
{
  const BfOptions *options = self->spec->optimizer;
  const BfOptimizer *optimizer = (const BfOptimizer *) bf_options_get_kind (options);
  gsize stride = bf_network_get_size (self->network);

  bf_clip_apply (self->network, self->spec->clipping, NULL);
  for (guint i = 0; i < bf_network_get_n_parameters (self->network); i++)
    {
      const BfParameter *p = &bf_network_get_parameters (self->network)[i];

      if (!p->frozen)
        optimizer->update (options, (float) self->spec->learning_rate, step, (gsize) p->rows * p->columns,
                           p->value, p->gradient, self->state + p->offset, stride);
    }
}

static void
compare_losses (Case *self, JsonObject *expect, const GArray *losses)
{
  g_autoptr (GArray) expected = get_numbers (self, expect, "losses");

  if (expected->len != losses->len)
    return wrong (self, "%u losses are expected of %u batches", expected->len, losses->len);
  for (guint i = 0; i < losses->len; i++)
    {
      g_autofree char *what = g_strdup_printf ("loss of step %u", i);
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (double));
      float loss = (float) g_array_index (losses, double, i);

      g_array_append_val (one, g_array_index (expected, double, i));
      compare (self, what, &loss, one, 1, FIRST_STEP, 0);
    }
}

static void
compare_first_step (Case *self, JsonObject *first, guint n, double loss)
{
  g_autoptr (GArray) expected = get_numbers (self, first, "loss");
  float actual = (float) loss;
  JsonArray *gradients = get_array (self, first, "gradients");

  check_keys (self, first, "first_step", "output loss gradients");
  compare_output (self, "output of the first step", first, "output", n, FIRST_STEP);
  compare (self, "loss of the first step", &actual, expected, 1, FIRST_STEP, 0);
  if (gradients)
    compare_tensors (self, "gradient of", gradients, TRUE, FIRST_STEP);
}

static void
train (Case *self)
{
  JsonArray *batches = get_array (self, self->root, "batches");
  JsonObject *expect = get_object (self, self->root, "expect");
  JsonObject *first = expect ? get_object (self, expect, "first_step") : NULL;
  JsonArray *parameters = expect ? get_array (self, expect, "parameters") : NULL;
  g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (double));

  if (self->wrong)
    return;
  check_keys (self, expect, "expect", "first_step losses parameters evaluation_output");
  for (guint i = 0; i < json_array_get_length (batches) && !self->wrong; i++)
    {
      JsonObject *batch = json_array_get_object_element (batches, i);
      guint n = load_input (self, batch);
      double loss;

      check_keys (self, batch, "a batch", "x y");
      bf_network_forward (self->network, n, TRUE);
      loss = compute_loss (self, batch, n);
      bf_network_backward (self->network, n, FALSE);
      g_array_append_val (losses, loss);
      if (i == 0)
        compare_first_step (self, first, n, loss);
      update (self, i + 1);
    }
  compare_losses (self, expect, losses);
  compare_tensors (self, "after the last step,", parameters, FALSE, LAST_STEP);
  bf_network_forward (self->network, load_input (self, json_array_get_object_element (batches, 0)), FALSE);
  compare_output (self, "output after the last step", expect, "evaluation_output",
                  load_input (self, json_array_get_object_element (batches, 0)), LAST_STEP);
}

static void
report (Case *self)
{
  if (self->wrong)
    g_test_fail_printf ("%s", self->wrong);
  else if (self->worst_ratio > 1)
    g_test_fail_printf ("furthest off: %s", self->worst);
  else
    g_test_message ("nearest to its limit (%.1f %%): %s", 100 * self->worst_ratio, self->worst);
}

static void
test_case (gconstpointer file)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  Case self = { .spec = bf_spec_new () };

  if (!json_parser_load_from_file (parser, file, &error))
    wrong (&self, "%s: %s", (const char *) file, error->message);
  else if (!JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    wrong (&self, "%s is not a case", (const char *) file);
  else
    {
      self.root = json_node_get_object (json_parser_get_root (parser));
      check_keys (&self, self.root, "the case",
                  "format version name source network loss optimizer clip frozen parameters batches expect");
      read_layers (&self);
      read_training (&self);
      if (!self.wrong)
        build_network (&self);
      if (!self.wrong)
        train (&self);
    }
  report (&self);
  bf_network_free (self.network);
  bf_spec_unref (self.spec);
  g_free (self.state);
  g_free (self.wrong);
  g_free (self.worst);
}

static void
add_case (const char *file)
{
  g_autofree char *name = g_path_get_basename (file);
  g_autofree char *path = NULL;

  if (g_str_has_suffix (name, ".json"))
    name[strlen (name) - strlen (".json")] = '\0';
  path = g_strdup_printf ("/reference/%s", name);
  g_test_add_data_func_full (path, g_strdup (file), test_case, g_free);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The project's own cases, in the order of their names. */
static void
add_own_cases (void)
{
  g_autoptr (GDir) folder = g_dir_open (BF_TEST_CASES_DIR, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder)))
    g_ptr_array_add (names, g_build_filename (BF_TEST_CASES_DIR, name, NULL));
  g_assert_cmpuint (names->len, >, 0);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    add_case (names->pdata[i]);
}

int
main (int argc, char **argv)
{
  /* A case that fails must not keep the next ones from being tried. */
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  char **words;
  int n;

  setlocale (LC_ALL, "");
  for (int i = 0; i < argc; i++)
    g_ptr_array_add (arguments, argv[i]);
  g_ptr_array_insert (arguments, 1, (char *) "--keep-going");
  g_ptr_array_add (arguments, NULL);
  words = (char **) arguments->pdata;
  n = argc + 1;
  g_test_init (&n, &words, NULL);
  for (int i = 1; i < n; i++)
    add_case (words[i]);
  if (n < 2)
    add_own_cases ();
  return g_test_run ();
}
