//! Tables by index for the layout algorithms. Reading beyond the end gives the default and writing there does nothing, so that
//! no index can ever panic: the algorithms keep their indices in range, and a defect costs a crooked picture, not the page.

/// A column of plain values.
pub(super) trait Column<T> {
    fn at(&self, index: usize) -> T;
    fn put(&mut self, index: usize, value: T);
}

impl<T: Copy + Default> Column<T> for [T] {
    #[inline]
    fn at(&self, index: usize) -> T {
        self.get(index).copied().unwrap_or_default()
    }

    #[inline]
    fn put(&mut self, index: usize, value: T) {
        if let Some(place) = self.get_mut(index) {
            *place = value;
        }
    }
}

impl<T: Copy + Default> Column<T> for Vec<T> {
    #[inline]
    fn at(&self, index: usize) -> T {
        self.get(index).copied().unwrap_or_default()
    }

    #[inline]
    fn put(&mut self, index: usize, value: T) {
        if let Some(place) = self.get_mut(index) {
            *place = value;
        }
    }
}

/// Lists by index.
pub(super) trait Rows<T> {
    fn row(&self, index: usize) -> &[T];
    fn add(&mut self, index: usize, value: T);
}

impl<T> Rows<T> for [Vec<T>] {
    #[inline]
    fn row(&self, index: usize) -> &[T] {
        self.get(index).map_or(&[], Vec::as_slice)
    }

    #[inline]
    fn add(&mut self, index: usize, value: T) {
        if let Some(row) = self.get_mut(index) {
            row.push(value);
        }
    }
}

impl<T> Rows<T> for Vec<Vec<T>> {
    #[inline]
    fn row(&self, index: usize) -> &[T] {
        self.get(index).map_or(&[], Vec::as_slice)
    }

    #[inline]
    fn add(&mut self, index: usize, value: T) {
        if let Some(row) = self.get_mut(index) {
            row.push(value);
        }
    }
}

/// Sets that only grow together: union-find with path halving.
pub(super) struct Unions {
    parent: Vec<usize>,
}

impl Unions {
    pub(super) fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    pub(super) fn find(&mut self, mut index: usize) -> usize {
        while self.parent.at(index) != index {
            let up = self.parent.at(self.parent.at(index));
            self.parent.put(index, up);
            index = up;
        }
        index
    }

    /// The smaller index stays the representative, so that the result does not depend on the order of unions.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        self.parent.put(high, low);
    }
}
