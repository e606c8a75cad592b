#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "points/points.h"

#define WINDOWS (POINTS_LEVELS + POINTS_ALL_SIZES)
#define ONE (1 << 14)
#define MOST_SIZE (1 << 16)

enum { RADII, WEIGHTS, SIZES, TURNS, BORDERS, ARRAYS };

static int all_within(const Py_buffer *values, Py_ssize_t count, int32_t least, int32_t most) {
    const int32_t *numbers = values->buf;
    if (values->len != count * 4) return 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (numbers[k] < least || numbers[k] > most) return 0;
    return 1;
}

/* The weights of a blur add up to one, so that 16 bits hold what it returns. */
static int is_blur(const points_window *window) {
    int64_t sum = 0;
    if (window->radius > POINTS_MOST_BLUR) return 0;
    for (int k = 0; k <= 2 * window->radius; k++) {
        if (window->weights[k] != window->weights[2 * window->radius - k]) return 0;
        sum += window->weights[k];
    }
    return sum == ONE;
}

/* The windows stand one behind the other in WEIGHTS, those of the blurs first. */
static int tables_fit(const Py_buffer *arrays, points_tables *tables) {
    if (!all_within(arrays + RADII, WINDOWS, 1, POINTS_MOST_WINDOW) ||
        !all_within(arrays + SIZES, POINTS_ALL_SIZES, 1, MOST_SIZE) ||
        !all_within(arrays + TURNS, 2 * POINTS_DIRECTIONS, -ONE, ONE) ||
        !all_within(arrays + BORDERS, POINTS_BINS / 2, 0, ONE))
        return 0;
    const int32_t *radii = arrays[RADII].buf, *weights = arrays[WEIGHTS].buf;
    Py_ssize_t count = 0;
    for (int k = 0; k < WINDOWS; k++) count += 2 * radii[k] + 1;
    if (!all_within(arrays + WEIGHTS, count, 0, ONE)) return 0;
    for (int k = 0; k < WINDOWS; k++) {
        points_window window = {weights, radii[k]};
        if (k >= POINTS_LEVELS)
            tables->windows[k - POINTS_LEVELS] = window;
        else if (is_blur(&window))
            tables->blurs[k] = window;
        else
            return 0;
        weights += 2 * radii[k] + 1;
    }
    tables->sizes = arrays[SIZES].buf;
    tables->turns = arrays[TURNS].buf;
    tables->borders = arrays[BORDERS].buf;
    return 1;
}

static PyObject *found(const raster *luma, const points_tables *tables, int most) {
    void *scratch = malloc(points_scratch_bytes(luma->width, luma->height));
    points_place *places = malloc((size_t)most * sizeof *places);
    uint8_t *codes = malloc((size_t)most * POINTS_CODE_BYTES);
    PyObject *result = NULL;
    if (scratch == NULL || places == NULL || codes == NULL) {
        PyErr_NoMemory();
    } else {
        int count;
        Py_BEGIN_ALLOW_THREADS
        count = points_find(luma, tables, most, scratch, places, codes);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue(
            "(y#y#)", (const char *)places, (Py_ssize_t)count * (Py_ssize_t)sizeof *places,
            (const char *)codes, (Py_ssize_t)count * POINTS_CODE_BYTES);
    }
    free(scratch);
    free(places);
    free(codes);
    return result;
}

PyObject *bind_points(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *objects[ARRAYS], *result = NULL;
    Py_ssize_t width, height;
    int most, held_arrays = 0;
    if (!PyArg_ParseTuple(args, "Onni(OOOOO)", &source, &width, &height, &most, &objects[RADII],
                          &objects[WEIGHTS], &objects[SIZES], &objects[TURNS], &objects[BORDERS]))
        return NULL;
    Py_buffer arrays[ARRAYS];
    points_tables tables;
    held_pixels held;
    memset(&held, 0, sizeof held);
    while (held_arrays < ARRAYS &&
           PyObject_GetBuffer(objects[held_arrays], &arrays[held_arrays], PyBUF_SIMPLE) == 0)
        held_arrays++;
    if (held_arrays < ARRAYS || hold_pixels(source, width, height, 1, &held) < 0) {
        /* The error is set. */
    } else if (width < POINTS_LEAST_SIDE || width > POINTS_SIDE || height < POINTS_LEAST_SIDE ||
               height > POINTS_SIDE || most < 1 || most > POINTS_MOST ||
               !tables_fit(arrays, &tables)) {
        PyErr_SetString(PyExc_ValueError, "the sides, the number or the tables are out of bounds");
    } else {
        result = found(&held.raster, &tables, most);
    }
    while (held_arrays-- > 0) PyBuffer_Release(&arrays[held_arrays]);
    release_pixels(&held);
    return result;
}
