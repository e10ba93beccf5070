/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-idx-family.h"

#include <glib/gi18n-lib.h>

static const char *const clothes[] = {
  N_("T-shirt/Top"), N_("Trouser"), N_("Pullover"), N_("Dress"), N_("Coat"),
  N_("Sandal"), N_("Shirt"), N_("Sneaker"), N_("Bag"), N_("Ankle Boot"),
};

const BfIdxFamily bf_idx_fashion = { "Fashion-MNIST", G_N_ELEMENTS (clothes), clothes, NULL };

/* Families told by the file names' prefix or by the folder's name (only letters and digits of it). */
static const struct
{
  const char *key;
  BfIdxFamily family;
} families[] = {
  { "fashionmnist", { "Fashion-MNIST", G_N_ELEMENTS (clothes), clothes, NULL } },
  { "fashionmnistsample", { "Fashion-MNIST", G_N_ELEMENTS (clothes), clothes, NULL } },
  { "kmnist", { "Kuzushiji-MNIST", 10, NULL, "おきすつなはまやれを" } },
  { "kuzushijimnist", { "Kuzushiji-MNIST", 10, NULL, "おきすつなはまやれを" } },
  { "mnist", { "MNIST", 10, NULL, "0123456789" } },
  { "emnistdigits", { "E-MNIST Digits", 10, NULL, "0123456789" } },
  { "emnistmnist", { "E-MNIST MNIST", 10, NULL, "0123456789" } },
  { "emnistletters", { "E-MNIST Letters", 26, NULL, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" } },
  { "emnistbalanced", { "E-MNIST Balanced", 47, NULL, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt" } },
  { "emnistbymerge", { "E-MNIST By Merge", 47, NULL, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt" } },
  { "emnistbyclass", { "E-MNIST By Class", 62, NULL,
                       "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" } },
};

static const BfIdxFamily *
find_family (const char *text)
{
  g_autoptr (GString) key = g_string_new (NULL);

  for (const char *c = text; *c; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (key, g_ascii_tolower (*c));
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_equal (families[i].key, key->str))
      return &families[i].family;
  return NULL;
}

const BfIdxFamily *
bf_idx_family_guess (const char *folder, const char *prefix)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = g_path_get_basename (absolute);
  g_autofree char *above = g_path_get_dirname (absolute);
  g_autofree char *above_name = g_path_get_basename (above);
  const BfIdxFamily *family = find_family (prefix);

  if (!family)
    family = find_family (name);
  if (!family && (g_str_equal (name, "raw") || g_str_equal (name, "gzip")))
    family = find_family (above_name);
  return family;
}

char **
bf_idx_family_get_class_names (const BfIdxFamily *self)
{
  char **names = g_new0 (char *, self->n_classes + 1);
  const char *c = self->characters;

  for (guint i = 0; i < self->n_classes; i++)
    if (self->class_names)
      names[i] = g_strdup (g_dgettext (GETTEXT_PACKAGE, self->class_names[i]));
    else
      {
        names[i] = g_strndup (c, g_utf8_next_char (c) - c);
        c = g_utf8_next_char (c);
      }
  return names;
}
