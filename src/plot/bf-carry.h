/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The experiment that a picture carries, so that a figure in a folder can be opened again.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The SVG with title, description and <metadata> after its opening tag; each may be NULL. */
GBytes *bf_carry_into_svg    (const GByteArray *svg, const char *title, const char *description, const char *experiment);
/* As keywords of a PDF: ASCII, nothing to escape. */
char   *bf_carry_to_keywords (const char *experiment);

G_END_DECLS
