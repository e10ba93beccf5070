/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-matrix.h"

#include "bf-lapack.h"

#include <math.h>
#include <string.h>

BfMatrix *
bf_matrix_new (guint rows, guint columns)
{
  BfMatrix *self = g_new (BfMatrix, 1);

  *self = (BfMatrix) { rows, columns, g_new0 (double, MAX ((gsize) rows * columns, 1)) };
  return self;
}

BfMatrix *
bf_matrix_copy (const BfMatrix *self)
{
  BfMatrix *copy = bf_matrix_new (self->rows, self->columns);

  memcpy (copy->values, self->values, (gsize) self->rows * self->columns * sizeof (double));
  return copy;
}

void
bf_matrix_free (BfMatrix *self)
{
  if (!self)
    return;
  g_free (self->values);
  g_free (self);
}

gboolean
bf_matrix_is_finite (const BfMatrix *self)
{
  for (gsize i = 0; i < (gsize) self->rows * self->columns; i++)
    if (!isfinite (self->values[i]))
      return FALSE;
  return TRUE;
}

BfMatrix *
bf_matrix_transpose (const BfMatrix *self)
{
  BfMatrix *result = bf_matrix_new (self->columns, self->rows);

  for (guint j = 0; j < self->columns; j++)
    for (guint i = 0; i < self->rows; i++)
      *bf_matrix_at (result, j, i) = *bf_matrix_at (self, i, j);
  return result;
}

static gboolean
get_plain (const BfMatrix *self, double *values)
{
  g_autoptr (BfMatrix) a = bf_matrix_copy (self);
  const int m = (int) a->rows, n = (int) a->columns, one = 1;
  g_autofree int *places = g_new (int, 8 * (gsize) MIN (m, n));
  g_autofree double *work = NULL;
  double wanted = 0, none;
  int info = 0, size = -1;

  dgesdd_ ("N", &m, &n, a->values, &m, values, &none, &one, &none, &one, &wanted, &size, places, &info, 1);
  size = (int) wanted;
  work = g_new (double, MAX (size, 1));
  dgesdd_ ("N", &m, &n, a->values, &m, values, &none, &one, &none, &one, work, &size, places, &info, 1);
  return info == 0;
}

/* One-sided Jacobi (Drmač, Veselić 2008) of the transposed: what was graded by rows is so by columns. */
static gboolean
get_graded (const BfMatrix *self, double *values)
{
  g_autoptr (BfMatrix) a = self->columns < self->rows ? bf_matrix_copy (self) : bf_matrix_transpose (self);
  const int m = (int) a->rows, n = (int) a->columns, one = 1;
  const int size = 2 * m + n * n + 68 * n + 7;
  g_autofree int *places = g_new (int, m + 3 * (gsize) n + 3);
  g_autofree double *work = g_new (double, size);
  double none;
  int info = 0;

  dgejsv_ ("C", "N", "N", "N", "N", "N", &m, &n, a->values, &m, values, &none, &one, &none, &one, work, &size, places,
           &info, 1, 1, 1, 1, 1, 1);
  for (int i = 0; info == 0 && i < n; i++)
    values[i] *= work[0] / work[1];
  return info == 0;
}

gboolean
bf_matrix_get_singular_values (const BfMatrix *self, gboolean graded, double *values)
{
  if (self->rows == 0 || self->columns == 0)
    return TRUE;
  return graded ? get_graded (self, values) : get_plain (self, values);
}
