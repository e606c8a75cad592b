#include <stdlib.h>

#include "bind.h"
#include "votes/votes.h"

enum { OWN, OTHERS, POINTS, PHOTOS, COUNTS, TURNS, SCALES, SIZES, AREAS, ARRAYS };

#define MOST_TOLERANCE 1024

static int all_within(const Py_buffer *values, Py_ssize_t count, int64_t least, int64_t most) {
    const int64_t *numbers = values->buf;
    if (values->len != count * 8) return 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (numbers[k] < least || numbers[k] > most) return 0;
    return 1;
}

int votes_tables_fit(const Py_buffer arrays[4], votes_tables *tables) {
    const int32_t *turns = arrays[0].buf;
    if (arrays[0].len != 2 * POINTS_DIRECTIONS * 4 ||
        !all_within(arrays + 1, 2 * VOTES_MOST_SCALE + 1, 1, 1 << 16) ||
        !all_within(arrays + 2, VOTES_SIZES, 1, 1 << 16) ||
        !all_within(arrays + 3, 2 * VOTES_MOST_SCALE, 1, (int64_t)1 << 32))
        return 0;
    for (int k = 0; k < 2 * POINTS_DIRECTIONS; k++)
        if (turns[k] < -(1 << 14) || turns[k] > 1 << 14) return 0;
    *tables = (votes_tables){turns, arrays[1].buf, arrays[2].buf, arrays[3].buf};
    return 1;
}

static points_place place_of(const int64_t *numbers) {
    return (points_place){(uint16_t)numbers[0], (uint16_t)numbers[1], (uint16_t)numbers[2],
                          (uint16_t)(numbers[3] & (POINTS_DIRECTIONS - 1))};
}

static int count_hits(const Py_buffer *arrays, Py_ssize_t count, const votes_tables *tables,
                      int tolerance) {
    votes_hit *hits = malloc(((size_t)count + 1) * sizeof *hits);
    if (hits == NULL) return -1;
    const int64_t *own = arrays[OWN].buf, *others = arrays[OTHERS].buf;
    const int64_t *points = arrays[POINTS].buf, *photos = arrays[PHOTOS].buf;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; k < count; k++)
        hits[k] = (votes_hit){place_of(own + 4 * k), place_of(others + 4 * k), points[k], photos[k]};
    votes_count(hits, (size_t)count, tables, tolerance, arrays[COUNTS].buf);
    Py_END_ALLOW_THREADS
    free(hits);
    return 0;
}

PyObject *bind_count_votes(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *objects[ARRAYS], *result = NULL;
    int tolerance, held = 0;
    if (!PyArg_ParseTuple(args, "OOOOiO(OOOO)", &objects[OWN], &objects[OTHERS], &objects[POINTS],
                          &objects[PHOTOS], &tolerance, &objects[COUNTS], &objects[TURNS],
                          &objects[SCALES], &objects[SIZES], &objects[AREAS]))
        return NULL;
    Py_buffer arrays[ARRAYS];
    votes_tables tables;
    while (held < ARRAYS && PyObject_GetBuffer(objects[held], &arrays[held],
                                               held == COUNTS ? PyBUF_WRITABLE : PyBUF_SIMPLE) == 0)
        held++;
    const Py_ssize_t count = held == ARRAYS ? arrays[COUNTS].len / 8 : 0;
    if (held < ARRAYS) {
        /* The error is set. */
    } else if (tolerance < 0 || tolerance > MOST_TOLERANCE || arrays[COUNTS].len != count * 8 ||
               arrays[POINTS].len != count * 8 || arrays[PHOTOS].len != count * 8 ||
               !all_within(arrays + OWN, 4 * count, 0, UINT16_MAX) ||
               !all_within(arrays + OTHERS, 4 * count, 0, UINT16_MAX) ||
               !votes_tables_fit(arrays + TURNS, &tables)) {
        PyErr_SetString(PyExc_ValueError, "the hits, the tolerance or the tables are out of bounds");
    } else if (count_hits(arrays, count, &tables, tolerance) < 0) {
        PyErr_NoMemory();
    } else {
        Py_INCREF(Py_None);
        result = Py_None;
    }
    while (held-- > 0) PyBuffer_Release(&arrays[held]);
    return result;
}
