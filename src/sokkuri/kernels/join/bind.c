#include "bind.h"
#include "join/join.h"
#include "mih/mih.h"

enum { KEYS, MARKS, STARTS, IDS, OTHER_KEYS, OTHER_MARKS, OTHER_STARTS, OTHER_IDS, OWNERS, EARLIER,
       CELLS, SET, ARRAYS };

static int side_fits(const Py_buffer *arrays, Py_ssize_t rows, join_side *side) {
    const Py_ssize_t buckets = arrays[STARTS].len / 4 - 1;
    const uint32_t *starts = arrays[STARTS].buf;
    if (arrays[KEYS].len != 8 * rows || arrays[MARKS].len != 2 * rows || buckets < 1 ||
        arrays[IDS].len != 4 * rows || starts[0] != 0 || starts[buckets] != (size_t)rows)
        return 0;
    *side = (join_side){arrays[KEYS].buf, arrays[MARKS].buf, starts, arrays[IDS].buf};
    return 1;
}

static int is_power_of_two(Py_ssize_t number) {
    return number > 0 && (number & (number - 1)) == 0;
}

static int task_fits(const Py_buffer *arrays, unsigned int limit, Py_ssize_t first, Py_ssize_t end,
                     join_task *task) {
    const Py_ssize_t rows = arrays[OWNERS].len / 4, places = arrays[SET].len / 8;
    if (!side_fits(arrays, rows, &task->plain) || !side_fits(arrays + OTHER_KEYS, rows, &task->other) ||
        arrays[STARTS].len != arrays[OTHER_STARTS].len || first < 0 || first > end ||
        end > arrays[STARTS].len / 4 - 1 || limit > 64 || arrays[EARLIER].len > 8 * JOIN_TABLES ||
        !is_power_of_two(arrays[CELLS].len) || (places && !is_power_of_two(places)))
        return 0;
    task->owners = arrays[OWNERS].buf;
    task->earlier = arrays[EARLIER].buf;
    task->earlier_count = (size_t)arrays[EARLIER].len / 8;
    task->limit = limit;
    task->cells = arrays[CELLS].buf;
    task->cell_mask = (uint64_t)arrays[CELLS].len - 1;
    return 1;
}

/* join(keys, marks, starts, ids, other_keys, other_marks, other_starts, other_ids, owners,
 * earlier, limit, cells, first, end, set, size) -> (end, size)
 * Without places in `set` votes are counted.  In a tuple of their own the buffers of a side would
 * overflow what Python 3.11 holds parsed buffers in. */
PyObject *bind_join(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer a[ARRAYS];
    int done = -1;
    unsigned int limit;
    Py_ssize_t first, end, size;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*y*y*Iw*nnw*n", &a[KEYS], &a[MARKS],
                          &a[STARTS], &a[IDS], &a[OTHER_KEYS], &a[OTHER_MARKS], &a[OTHER_STARTS],
                          &a[OTHER_IDS], &a[OWNERS], &a[EARLIER], &limit, &a[CELLS],
                          &first, &end, &a[SET], &size))
        return NULL;
    join_task task;
    join_set set = {a[SET].buf, (size_t)a[SET].len / 8 - 1, (size_t)size};
    size_t at = (size_t)first;
    if (task_fits(a, limit, first, end, &task)) {
        Py_BEGIN_ALLOW_THREADS
        if (a[SET].len) {
            done = join_gather(&task, &at, (size_t)end, &set);
        } else {
            done = join_count(&task, at, (size_t)end);
            at = (size_t)end;
        }
        Py_END_ALLOW_THREADS
    }
    for (int k = 0; k < ARRAYS; k++) PyBuffer_Release(&a[k]);
    if (done < 0) PyErr_SetString(PyExc_ValueError, "tables, marks and owners do not fit the keys");
    if (done == 0) PyErr_NoMemory();
    return done > 0 ? Py_BuildValue("nn", (Py_ssize_t)at, (Py_ssize_t)set.size) : NULL;
}
