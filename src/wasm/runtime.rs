//! The module's runtime: an allocator and a panic handler, as small as possible for a
//! module that runs one call at a time.

#![allow(unsafe_code, reason = "an allocator hands out memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr::null_mut;

const PAGE: usize = 65_536;

/// A bump allocator. It frees nothing by itself: a call keeps nothing in Rust, so
/// [`scope`] frees all its memory at once when it ends. Drops cost no time and no code.
/// `dlmalloc` would be an eighth of the module.
struct Arena {
    /// 0 before the first allocation.
    next: Cell<usize>,
}

#[global_allocator]
static HEAP: Arena = Arena { next: Cell::new(0) };

// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Arena {}

impl Arena {
    /// Takes `size` bytes at `start`, growing the memory if needed; `None` if it cannot grow.
    fn take(&self, start: usize, size: usize) -> Option<usize> {
        let end = start.checked_add(size)?;
        let room = core::arch::wasm32::memory_size::<0>().checked_mul(PAGE)?;
        if end > room {
            let pages = end.checked_sub(room)?.div_ceil(PAGE);
            // Grow by at least half: an engine may copy the whole memory to grow it.
            let more = pages.max(room / PAGE / 2);
            let grow = core::arch::wasm32::memory_grow::<0>;
            if grow(more) == usize::MAX && grow(pages) == usize::MAX {
                return None;
            }
        }
        self.next.set(end);
        Some(start)
    }
}

/// Runs a call, or a part of one, and frees the memory it took.
///
/// # Safety
///
/// Nothing that `call` allocates may be used afterwards, and nothing allocated before
/// may grow during it.
pub(super) unsafe fn scope<R: Copy>(call: impl FnOnce() -> R) -> R {
    let before = HEAP.next.get();
    let result = call();
    HEAP.next.set(before);
    result
}

unsafe extern "C" {
    /// Where the linker's static data ends.
    static __heap_base: u8;
}

fn heap_base() -> usize {
    (&raw const __heap_base).addr()
}

// SAFETY: blocks are disjoint, because only `scope` moves `next` back.
unsafe impl GlobalAlloc for Arena {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = self.next.get().max(heap_base());
        let start = next.checked_next_multiple_of(layout.align());
        let start = start.and_then(|start| self.take(start, layout.size()));
        start.map_or(null_mut(), core::ptr::with_exposed_provenance_mut)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The last block grows in place.
        if block.addr().checked_add(layout.size()) == Some(self.next.get()) {
            let taken = self.take(block.addr(), new_size);
            return if taken.is_some() { block } else { null_mut() };
        }
        // SAFETY: the caller's layout was valid, and so is the same alignment with this size.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: `new_layout` has a size.
        let new_block = unsafe { self.alloc(new_layout) };
        if !new_block.is_null() {
            let length = layout.size().min(new_size);
            // SAFETY: both blocks are `length` long at least, and apart.
            unsafe { core::ptr::copy_nonoverlapping(block, new_block, length) };
        }
        new_block
    }
}

/// Prints no message: formatting one would be a third of the module. The only reachable
/// panic is running out of memory. Tests link std, which has its own handler.
#[cfg(not(feature = "json"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
