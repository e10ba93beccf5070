/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The script in Keras on TensorFlow (2.x): layers in a list, in keras.Sequential, or joined by the functional
 * interface where a layer adds an earlier one's output.
 */
#include "bf-code-private.h"

#include <glib/gi18n-lib.h>

static const BfCodeWord activations[] = {
  { "sigmoid", "keras.layers.Activation(\"sigmoid\")" }, { "tanh", "keras.layers.Activation(\"tanh\")" },
  { "relu", "keras.layers.ReLU()" }, { "leaky-relu", "keras.layers.Activation(lambda x: tf.nn.leaky_relu(x, 0.01))" },
  { "elu", "keras.layers.ELU()" }, { "selu", "keras.layers.Activation(\"selu\")" },
  { "gelu", "keras.layers.Activation(\"gelu\")" }, { "silu", "keras.layers.Activation(\"swish\")" },
  { "softplus", "keras.layers.Activation(\"softplus\")" }, { "softsign", "keras.layers.Activation(\"softsign\")" },
  { "hard-tanh", "keras.layers.Activation(lambda x: tf.clip_by_value(x, -1, 1))" },
  { "hard-sigmoid", "keras.layers.Activation(lambda x: tf.nn.relu6(x + 3) / 6)" },
  { "hard-swish", "keras.layers.Activation(lambda x: x * tf.nn.relu6(x + 3) / 6)" },
  { "relu6", "keras.layers.ReLU(6)" }, { "mish", "keras.layers.Activation(lambda x: x * tf.tanh(tf.math.softplus(x)))" },
  { "linear", "keras.layers.Activation(\"linear\")" },
  { NULL }
};

static const BfCodeWord starts[] = {
  { "framework-default", "" },
  { "normal", "keras.initializers.RandomNormal($mean, $std)" },
  { "uniform", "keras.initializers.RandomUniform($low, $high)" },
  { "glorot-uniform", "\"glorot_uniform\"" },
  { "glorot-normal", "keras.initializers.VarianceScaling(1, \"fan_avg\", \"untruncated_normal\")" },
  { "he-uniform", "\"he_uniform\"" },
  { "he-normal", "keras.initializers.VarianceScaling(2, \"fan_in\", \"untruncated_normal\")" },
  { "lecun-normal", "keras.initializers.VarianceScaling(1, \"fan_in\", \"untruncated_normal\")" },
  { "orthogonal", "keras.initializers.Orthogonal($gain)" },
  { "constant", "keras.initializers.Constant($value)" },
  { "identity", "keras.initializers.Identity()" },
  { "lsuv", "keras.initializers.Orthogonal()" },
  { NULL }
};

static void
print_dense (BfCode *code, const BfPlanLayer *layer)
{
  const BfOptions *start = bf_options_choice (layer->layer->options, "start");
  g_autofree char *inputs = bf_code_width (code, layer, FALSE);
  g_autofree char *initializer = bf_code_fill_in (start, bf_code_find_word (starts, bf_options_get_kind (start)->id));
  const char *bias = bf_options_boolean (layer->layer->options, "bias") ? "" : ", use_bias=False";

  if (*initializer)
    bf_code_add (code, "keras.layers.Dense(%u, kernel_initializer=%s%s)", layer->outputs, initializer, bias);
  else
    bf_code_add (code, "dense(%s, %u%s)", inputs, layer->outputs, bias);
}

/* Keras's momentum is what is kept, ours what is taken. */
static void
print_batch_norm (BfCode *code, const BfPlanLayer *layer)
{
  const BfOptions *options = layer->layer->options;
  g_autofree char *epsilon = bf_code_option (options, "epsilon");
  g_autofree char *kept = bf_code_number (1 - bf_options_number (options, "momentum"));
  const gboolean batch = bf_options_is (bf_options_choice (options, "statistics"), "batch");

  bf_code_add (code, "%s(momentum=%s, epsilon=%s%s)", batch ? "BatchStatisticsNorm" : "keras.layers.BatchNormalization",
               kept, epsilon, bf_options_boolean (options, "affine") ? "" : ", center=False, scale=False");
}

static void
print_layer_norm (BfCode *code, const BfPlanLayer *layer)
{
  g_autofree char *epsilon = bf_code_option (layer->layer->options, "epsilon");

  bf_code_add (code, "keras.layers.LayerNormalization(epsilon=%s%s)", epsilon,
               bf_options_boolean (layer->layer->options, "affine") ? "" : ", center=False, scale=False");
}

static const BfCodeLayer layers[] = {
  { "activation", NULL, bf_code_print_activation, NULL },
  { "add", NULL, bf_code_print_add,
    "class Add(keras.layers.Layer):\n"
    "    \"\"\"Adds the output of the layer at `source` in the list: a short way for the gradient.\"\"\"\n\n"
    "    def __init__(self, source, projection=None):\n"
    "        super().__init__()\n"
    "        self.source = source\n"
    "        self.projection = projection\n\n"
    "    def call(self, inputs):\n"
    "        x, earlier = inputs\n"
    "        return x + (self.projection(earlier) if self.projection else earlier)\n" },
  { "batch-norm", NULL, print_batch_norm,
    "class BatchStatisticsNorm(keras.layers.BatchNormalization):\n"
    "    \"\"\"The batch's own mean and variance, in evaluation too.\"\"\"\n\n"
    "    def call(self, x, training=None):\n"
    "        return super().call(x, training=True)\n" },
  { "dense", NULL, print_dense,
    "def dense(inputs, units, use_bias=True):\n"
    "    \"\"\"Uniform within ±1/√inputs, biases too: what PyTorch does.\"\"\"\n"
    "    limit = inputs ** -0.5\n"
    "    return keras.layers.Dense(units, use_bias=use_bias,\n"
    "                              kernel_initializer=keras.initializers.RandomUniform(-limit, limit),\n"
    "                              bias_initializer=keras.initializers.RandomUniform(-limit, limit))\n" },
  { "dropout", "keras.layers.Dropout($rate)", NULL, NULL },
  { "gradient-norm", "GradientNorm()", NULL,
    "@tf.custom_gradient\n"
    "def normalize_gradient(x):\n"
    "    def backward(gradient):\n"
    "        count = tf.cast(tf.size(gradient), gradient.dtype)\n"
    "        spread = tf.math.reduce_std(gradient) * tf.sqrt(count / (count - 1))\n"
    "        return (gradient - tf.reduce_mean(gradient)) / (spread + 1e-6)\n\n"
    "    return tf.identity(x), backward\n\n\n"
    "class GradientNorm(keras.layers.Layer):\n"
    "    \"\"\"Passes back a gradient of mean 0 and variance 1, whatever came.\"\"\"\n\n"
    "    def call(self, x):\n"
    "        return normalize_gradient(x)\n" },
  { "layer-norm", NULL, print_layer_norm, NULL },
  { "tensor-norm", "TensorNorm()", NULL,
    "class TensorNorm(keras.layers.Layer):\n"
    "    \"\"\"All values of a batch together to mean 0 and variance 1.\"\"\"\n\n"
    "    def call(self, x):\n"
    "        count = tf.cast(tf.size(x), x.dtype)\n"
    "        return (x - tf.reduce_mean(x)) / (tf.math.reduce_std(x) * tf.sqrt(count / (count - 1)))\n" },
  { NULL }
};

/* Dense layers and batch norm are Keras's own but for some options. */
static gboolean
is_used (const BfCode *code, const char *id)
{
  for (guint l = 0; l < code->plan->n_layers; l++)
    {
      const BfOptions *options = code->plan->layers[l].layer->options;

      if (g_str_equal (id, "batch-norm") && bf_options_is (options, id)
          && bf_options_is (bf_options_choice (options, "statistics"), "batch"))
        return TRUE;
      if (g_str_equal (id, "dense") && bf_options_is (options, "add") && bf_options_boolean (options, "projection"))
        return TRUE;
    }
  return g_str_equal (id, "dense") ? code->stages->len > 0 || bf_code_has_start (code, "framework-default") : !g_str_equal (id, "batch-norm");
}

/* list: the name of a list of layers. */
static void
add_join (BfCode *code, const char *list)
{
  if (bf_code_has_layer (code, "add"))
    bf_code_add (code, "inputs = x_last = keras.Input((%u,))\n"
                       "outputs = []\n"
                       "for layer in %s:\n"
                       "    x_last = layer([x_last, outputs[layer.source]]) if isinstance(layer, Add) else layer(x_last)\n"
                       "    outputs.append(x_last)\n"
                       "model = keras.Model(inputs, x_last)\n", code->plan->shape.inputs, list);
  else
    bf_code_add (code, "model = keras.Sequential([keras.Input((%u,)), *%s])\n", code->plan->shape.inputs, list);
}

static void
add_model (BfCode *code)
{
  for (guint i = 0; layers[i].id; i++)
    if (layers[i].class && bf_code_has_layer (code, layers[i].id) && is_used (code, layers[i].id))
      bf_code_add (code, "\n\n%s", layers[i].class);
  bf_code_add (code, "\n\n");
  bf_code_add_layers (code);
  if (code->stages->len == 0 || bf_code_has_start (code, "lsuv"))
    add_join (code, "layers");
}

static void
add_optimizer (BfCode *code)
{
  static const BfCodeWord classes[] = {
    { "sgd", "SGD" }, { "rmsprop", "RMSprop" }, { "adagrad", "Adagrad" }, { "adam", "Adam" }, { "adamw", "AdamW" },
    { "nadam", "Nadam" }, { NULL }
  };
  static const struct { const char *id, *keyword; } keywords[] = {
    { "alpha", "rho" }, { "momentum", "momentum" }, { "beta1", "beta_1" }, { "beta2", "beta_2" },
    { "epsilon", "epsilon" }, { "weight_decay", "weight_decay" },
  };
  static const BfCodeWord clippings[] = {
    { "none", "" }, { "value", ", clipvalue=" }, { "norm", ", clipnorm=" }, { "global-norm", ", global_clipnorm=" }, { NULL }
  };
  const BfOptions *optimizer = code->spec->optimizer;
  const BfKind *kind = bf_options_get_kind (optimizer), *clipping = bf_options_get_kind (code->spec->clipping);
  g_autofree char *rate = bf_code_number (code->spec->learning_rate);

  if (bf_options_number (optimizer, "weight_decay") != 0 && !g_str_equal (kind->id, "adamw"))
    bf_code_add (code, "# Keras's weight decay acts on the weights alone, Backflow's %s has it in the gradient.\n", kind->name);
  if (g_str_equal (kind->id, "adagrad") && bf_options_number (optimizer, "rate_decay") != 0)
    bf_code_add (code, "# Keras's Adagrad has no decay of the learning rate.\n");
  bf_code_add (code, "optimizer = keras.optimizers.%s(%s", bf_code_find_word (classes, kind->id), rate);
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (bf_kind_find_param (kind, keywords[i].id))
      bf_code_add_keyword (code, optimizer, keywords[i].id, keywords[i].keyword, 0);
  if (bf_kind_find_param (kind, "nesterov") && bf_options_boolean (optimizer, "nesterov"))
    bf_code_add (code, ", nesterov=True");
  if (g_str_equal (kind->id, "adagrad"))
    bf_code_add (code, ", initial_accumulator_value=0.0");
  if (!g_str_equal (clipping->id, "none"))
    {
      g_autofree char *limit = bf_code_option (code->spec->clipping, "limit");

      bf_code_add (code, "%s%s", bf_code_find_word (clippings, clipping->id), limit);
    }
  bf_code_add (code, ")\n");
}

static void
add_schedule (BfCode *code)
{
  g_autofree char *rate = bf_code_number (code->spec->learning_rate);

  bf_code_add (code, "\nclass Schedule(keras.callbacks.Callback):\n"
                     "    step = 0\n\n"
                     "    def on_train_batch_begin(self, batch, logs=None):\n"
                     "        self.model.optimizer.learning_rate = %s * factor(self.step)\n"
                     "        self.step += 1\n\n\n", rate);
}

static void
add_lsuv (BfCode *code)
{
  for (guint w = 0; w < code->plan->n_weighted; w++)
    {
      const guint index = code->plan->weighted[w];

      if (bf_options_is (bf_options_choice (code->plan->layers[index].layer->options, "start"), "lsuv"))
        bf_code_add (code, "%slayers[%u].kernel.assign(layers[%u].kernel / tf.math.reduce_std("
                           "keras.Model(model.inputs, layers[%u].output)(x[:%u])))\n",
                     w == 0 ? "\n# LSUV: outputs of variance 1 for the first batch (Mishkin & Matas 2016)\n" : "",
                     index, index, index, code->spec->batch);
    }
}

/* A stage's network: the layers up to its last one, and a new output layer. */
static void
add_stage (BfCode *code)
{
  const BfPlanLayer *output = &code->plan->layers[code->plan->weighted[code->plan->n_weighted - 1]];

  bf_code_add_stages (code, "keras.layers.Dense");
  bf_code_add (code, "part = layers[:starts[last]] + [dense(layers[starts[last - 1]].units, %u%s)] + layers[starts[-1] + 1:]\n"
                     "for i, layer in enumerate(layers):\n"
                     "    layer.trainable = i >= starts[first - 1]\n", output->outputs,
               bf_options_boolean (output->layer->options, "bias") ? "" : ", use_bias=False");
  add_join (code, "part");
}

static void
add_training (BfCode *code)
{
  g_autofree char *frozen = bf_code_frozen (code);
  const gboolean scheduled = bf_code_add_schedule (code);
  gsize body;

  add_lsuv (code);
  if (scheduled)
    add_schedule (code);
  body = code->text->len;
  if (code->stages->len > 0)
    add_stage (code);
  if (frozen)
    bf_code_add (code, "for i in %s:\n    layers[i].trainable = False  # frozen\n", frozen);
  add_optimizer (code);
  bf_code_add (code, "model.compile(optimizer=optimizer, loss=loss_function%s)\n",
               code->plan->shape.classes ? ", metrics=[\"accuracy\"]" : "");
  bf_code_add (code, "model.fit(x, y, batch_size=%u, epochs=%u, verbose=2%s%s)\n", code->spec->batch, bf_code_get_epochs (code),
               bf_code_has_part (code, BF_PART_VALIDATION) ? ", validation_data=(x_validation, y_validation)" : "",
               scheduled ? ", callbacks=[Schedule()]" : "");
  if (code->stages->len > 0)
    bf_code_indent_stage (code, body);
  if (bf_code_has_part (code, BF_PART_TEST))
    bf_code_add (code, "print(\"Test\", model.evaluate(x_test, y_test, batch_size=%u, verbose=0, return_dict=True))\n",
                 code->spec->batch);
}

static void
add_parity (BfCode *code)
{
  const char *prefix = bf_code_has_layer (code, "add") ? "layers." : "";

  bf_code_add (code,
    "\nnames = {\"kernel\": \"weight\", \"gamma\": \"weight\", \"beta\": \"bias\", \"bias\": \"bias\",\n"
    "         \"moving_mean\": \"running_mean\", \"moving_variance\": \"running_var\"}\n"
    "for i, layer in enumerate(layers):\n"
    "    for variable in layer.weights:\n"
    "        kind = variable.name.split(\"/\")[-1].split(\":\")[0]\n"
    "        part = \"projection.\" if getattr(layer, \"projection\", None) else \"\"\n"
    "        value = weights.get(f\"%s{i}.{part}{names[kind]}\")\n"
    "        if value is not None:\n"
    "            variable.assign(value.T)\n"
    "    if isinstance(layer, keras.layers.Dropout):\n"
    "        layer.rate = 0\n"
    "dense_layers = [layer for layer in layers if isinstance(layer, keras.layers.Dense)]\n"
    "with tf.GradientTape() as tape:\n"
    "    loss = loss_function(y, tf.cast(model(x, training=True), tf.float64))\n"
    "gradients = tape.gradient(loss, [layer.kernel for layer in dense_layers])\n"
    "loss = float(loss)\n"
    "norms = [float(np.linalg.norm(np.asarray(gradient, np.float64))) for gradient in gradients]\n", prefix);
  bf_code_add_result (code);
}

static void
print (BfCode *code)
{
  const gboolean parity = code->options->weights != NULL;
  const gboolean mse = bf_options_is (code->spec->loss, "mse");
  const guint classes = code->plan->shape.classes;

  bf_code_add (code, "keras.utils.set_random_seed(%u)\n", (guint) (code->spec->seed & G_MAXUINT32));
  if (parity)
    bf_code_add_reader (code);
  bf_code_add_data (code);
  if (mse && classes)
    {
      bf_code_add (code, "y = np.eye(%u, dtype=np.float32)[y]\n", classes);
      if (bf_code_has_part (code, BF_PART_VALIDATION) && !parity)
        bf_code_add (code, "y_validation = np.eye(%u, dtype=np.float32)[y_validation]\n", classes);
      if (bf_code_has_part (code, BF_PART_TEST) && !parity)
        bf_code_add (code, "y_test = np.eye(%u, dtype=np.float32)[y_test]\n", classes);
    }
  add_model (code);
  bf_code_add (code, "loss_function = keras.losses.%s\n",
               mse ? "MeanSquaredError()" : "SparseCategoricalCrossentropy(from_logits=True)");
  if (parity)
    add_parity (code);
  else
    add_training (code);
  bf_code_add_head (code, "Keras", "import tensorflow as tf\nfrom tensorflow import keras\n");
}

const BfCodeFramework bf_code_keras = {
  { "keras", N_("Keras"), N_("A script for Keras on TensorFlow 2"), NULL },
  print, activations, layers, "dense($inputs, $outputs, use_bias=False)",
};
