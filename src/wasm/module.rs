//! What makes a module of the crate: an allocator and a panic handler, both as
//! small as a module needs that does one call at a time.

#![allow(unsafe_code, reason = "an allocator hands out memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr::null_mut;

const PAGE: usize = 65_536;

/// Takes memory from the front of the heap on and takes none of it back: a call
/// keeps nothing in Rust, so all that it took is free once it has ended. Its
/// drops cost nothing, not even their code. `dlmalloc` would be an eighth of the module.
struct Stack {
    /// 0 before the first allocation.
    next: Cell<usize>,
}

#[global_allocator]
static HEAP: Stack = Stack { next: Cell::new(0) };

// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Stack {}

impl Stack {
    /// Moves the end to `size` bytes after `start`, if memory reaches that far or can grow.
    fn take(&self, start: usize, size: usize) -> Option<usize> {
        let end = start.checked_add(size)?;
        let room = core::arch::wasm32::memory_size::<0>().checked_mul(PAGE)?;
        if end > room {
            let pages = end.checked_sub(room)?.div_ceil(PAGE);
            // By a half more at a time: an engine may copy all of it to grow it.
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

/// Runs a call, or a part of one, and frees what it took.
///
/// # Safety
///
/// Nothing that `call` allocates may be used afterwards, and nothing that was
/// allocated before may grow in it.
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

// SAFETY: blocks are disjoint, as `next` only moves on, but for `scope`.
unsafe impl GlobalAlloc for Stack {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = self.next.get().max(heap_base());
        let start = next.checked_next_multiple_of(layout.align());
        let start = start.and_then(|start| self.take(start, layout.size()));
        start.map_or(null_mut(), core::ptr::with_exposed_provenance_mut)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The last block grows where it is.
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

/// Without a message: formatting it would be a third of the module. No panic is
/// reachable but that of memory that is used up. The tests link std, which has its own.
#[cfg(not(feature = "json"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
