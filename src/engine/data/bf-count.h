/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A count for reading, "60,000", with the separator of the locale (a comma where it has none of
 * its own, as in C). Transfer full. */
char *bf_group_digits (guint64 count);

G_END_DECLS
