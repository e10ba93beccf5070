/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-weights.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "bf-code.h"

static gboolean
is_matrix (const BfParameter *parameter)
{
  return g_str_equal (parameter->name, "weight") || g_str_equal (parameter->name, "projection");
}

static void
append (GPtrArray *tensors, const BfPlan *plan, const BfParameter *parameters, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const BfParameter *p = &parameters[i];
      const guint64 shape[] = { is_matrix (p) ? p->rows : p->columns, p->columns };
      g_autofree char *name = bf_code_get_tensor_name (plan, p);

      g_ptr_array_add (tensors, bf_tensor_values_new (name, BF_TENSOR_FLOAT32, is_matrix (p) ? 2 : 1, shape, p->value));
    }
}

GPtrArray *
bf_weights_list (BfNetwork *network)
{
  GPtrArray *tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_tensor_values_free);
  const BfPlan *plan = bf_network_get_plan (network);

  append (tensors, plan, bf_network_get_parameters (network), bf_network_get_n_parameters (network));
  append (tensors, plan, bf_network_get_buffers (network), bf_network_get_n_buffers (network));
  return tensors;
}

BfWeights *
bf_weights_new (BfNetwork *network, guint64 step, double rate)
{
  BfWeights *self = g_new0 (BfWeights, 1);
  const BfParameter *parameters = bf_network_get_parameters (network);

  g_atomic_ref_count_init (&self->references);
  self->plan = bf_plan_ref (bf_network_get_plan (network));
  self->tensors = bf_weights_list (network);
  self->step = step;
  self->rate = rate;
  self->frozen = g_new0 (gboolean, MAX (self->plan->n_layers, 1));
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    self->frozen[parameters[i].layer] |= parameters[i].frozen;
  return self;
}

BfWeights *
bf_weights_ref (BfWeights *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_weights_unref (BfWeights *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bf_plan_unref (self->plan);
  g_ptr_array_unref (self->tensors);
  g_free (self->frozen);
  g_free (self);
}

/* "64 × 128", "10" */
static char *
describe_shape (const BfTensorValues *tensor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < tensor->rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i ? " × " : "", tensor->shape[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
fits (const BfTensorValues *tensor, const BfParameter *p)
{
  if (tensor->type != BF_TENSOR_FLOAT32)
    return FALSE;
  return is_matrix (p) ? tensor->rank == 2 && tensor->shape[0] == p->rows && tensor->shape[1] == p->columns
                       : tensor->rank == 1 && tensor->shape[0] == p->columns;
}

static gboolean
all_finite (const BfTensorValues *tensor)
{
  gsize size;
  const char *bytes = g_bytes_get_data (tensor->values, &size);

  for (gsize at = 0; at + sizeof (float) <= size; at += sizeof (float))
    {
      float value;

      memcpy (&value, bytes + at, sizeof value);   /* a file's bytes lie anywhere */
      if (!isfinite (value))
        return FALSE;
    }
  return TRUE;
}

/* The tensor of a parameter; a script may have the layers in a list of their own, or not. */
static const BfTensorValues *
find (GPtrArray *tensors, const BfPlan *plan, const BfParameter *p)
{
  g_autofree char *name = bf_code_get_tensor_name (plan, p);
  const char *bare = g_str_has_prefix (name, "layers.") ? name + strlen ("layers.") : name;
  g_autofree char *prefixed = g_strconcat ("layers.", bare, NULL);
  const BfTensorValues *tensor = bf_safetensors_find (tensors, bare);

  return tensor ? tensor : bf_safetensors_find (tensors, prefixed);
}

static gboolean
check (GPtrArray *tensors, const BfPlan *plan, const BfParameter *parameters, guint n, gboolean needed, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      const BfParameter *p = &parameters[i];
      const BfTensorValues *tensor = find (tensors, plan, p);
      const char *layer = plan->layers[p->layer].name;
      g_autofree char *name = bf_code_get_tensor_name (plan, p), *found = NULL, *wanted = NULL;

      if (!tensor && needed)
        {
          g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                       _("The file has no “%s”, which %s needs. Load it into the network that it was saved from."),
                       name, layer);
          return FALSE;
        }
      if (!tensor || (fits (tensor, p) && all_finite (tensor)))
        continue;
      found = describe_shape (tensor);
      wanted = is_matrix (p) ? g_strdup_printf ("%u × %u", p->rows, p->columns) : g_strdup_printf ("%u", p->columns);
      if (fits (tensor, p))
        g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” of the file has values that are not finite."), name);
      else
        /* Translators: a tensor's name, its shape, a layer, the shape that it asks for */
        g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                     _("“%s” of the file is %s (float32 is needed), and %s takes %s. "
                       "Load it into the network that it was saved from."), name, found, layer, wanted);
      return FALSE;
    }
  return TRUE;
}

static void
copy (GPtrArray *tensors, const BfPlan *plan, const BfParameter *parameters, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const BfTensorValues *tensor = find (tensors, plan, &parameters[i]);

      if (tensor)
        memcpy (parameters[i].value, g_bytes_get_data (tensor->values, NULL), g_bytes_get_size (tensor->values));
    }
}

void
bf_weights_copy (BfNetwork *network, GPtrArray *tensors)
{
  const BfPlan *plan = bf_network_get_plan (network);

  copy (tensors, plan, bf_network_get_parameters (network), bf_network_get_n_parameters (network));
  copy (tensors, plan, bf_network_get_buffers (network), bf_network_get_n_buffers (network));
}

gboolean
bf_weights_take (BfNetwork *network, GPtrArray *tensors, GError **error)
{
  const BfPlan *plan = bf_network_get_plan (network);
  const BfParameter *parameters = bf_network_get_parameters (network), *buffers = bf_network_get_buffers (network);
  const guint n = bf_network_get_n_parameters (network), n_buffers = bf_network_get_n_buffers (network);

  if (!check (tensors, plan, parameters, n, TRUE, error) || !check (tensors, plan, buffers, n_buffers, FALSE, error))
    return FALSE;
  bf_weights_copy (network, tensors);
  return TRUE;
}

GPtrArray *
bf_weights_load (BfPlan *plan, const char *path, GError **error)
{
  g_autoptr (GPtrArray) tensors = bf_safetensors_load (path, error);
  g_autoptr (BfNetwork) network = tensors ? bf_network_new (plan, 1, 1, error) : NULL;

  if (!network || !bf_weights_take (network, tensors, error))
    return NULL;
  return g_steal_pointer (&tensors);
}

gboolean
bf_weights_save (BfRun *run, const char *path, GError **error)
{
  g_autoptr (GPtrArray) tensors = bf_run_list_weights (run);

  if (!tensors)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                   _("This run is over and has given its weights up. Go back to step 0 and train again, then save."));
      return FALSE;
    }
  return bf_safetensors_save (path, tensors, error);
}
