//! What makes a module of the crate: an allocator and a panic handler, both as
//! small as a module needs that does one call at a time.

#![allow(unsafe_code, reason = "an allocator hands out memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr::null_mut;

const PAGE: usize = 65_536;

/// Takes memory from the front of the heap on. When nothing is in use any more,
/// which is the case after every call, all of it is free again. `dlmalloc` would
/// be a fifth of the module.
struct Stack {
    /// 0 before the first allocation.
    next: Cell<usize>,
    in_use: Cell<usize>,
}

#[global_allocator]
static HEAP: Stack = Stack { next: Cell::new(0), in_use: Cell::new(0) };

// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Stack {}

impl Stack {
    /// The address after `size` bytes from `start` on, if memory reaches that far or can grow.
    fn reserve(&self, start: usize, size: usize) -> Option<usize> {
        let end = start.checked_add(size)?;
        let room = core::arch::wasm32::memory_size::<0>().checked_mul(PAGE)?;
        if end > room {
            let pages = end.checked_sub(room)?.div_ceil(PAGE);
            if core::arch::wasm32::memory_grow::<0>(pages) == usize::MAX {
                return None;
            }
        }
        Some(end)
    }

    fn is_last(&self, block: *mut u8, size: usize) -> bool {
        block.addr().checked_add(size) == Some(self.next.get())
    }
}

unsafe extern "C" {
    /// Where the linker's static data ends.
    static __heap_base: u8;
}

fn heap_base() -> usize {
    (&raw const __heap_base).addr()
}

// SAFETY: blocks are disjoint: `next` only moves back over the last block, or
// to the start when none is in use.
unsafe impl GlobalAlloc for Stack {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = if self.in_use.get() == 0 { heap_base() } else { self.next.get() };
        let Some(start) = next.checked_next_multiple_of(layout.align()) else { return null_mut() };
        let Some(end) = self.reserve(start, layout.size()) else { return null_mut() };
        self.next.set(end);
        self.in_use.set(self.in_use.get().wrapping_add(1));
        core::ptr::with_exposed_provenance_mut(start)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.in_use.set(self.in_use.get().saturating_sub(1));
        if self.is_last(block, layout.size()) {
            self.next.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if self.is_last(block, layout.size()) {
            let Some(end) = self.reserve(block.addr(), new_size) else { return null_mut() };
            self.next.set(end);
            return block;
        }
        if new_size <= layout.size() {
            return block;
        }
        // SAFETY: the caller's layout was valid, and so is the same alignment with this size.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: `new_layout` has a size.
        let new_block = unsafe { self.alloc(new_layout) };
        if !new_block.is_null() {
            // SAFETY: both blocks are `layout.size()` long at least, and apart.
            unsafe { core::ptr::copy_nonoverlapping(block, new_block, layout.size()) };
            // SAFETY: `block` is the caller's, with this layout.
            unsafe { self.dealloc(block, layout) };
        }
        new_block
    }
}

/// Takes all memory as free. For when no call is under way, after one that an
/// exception of the platform ended: its destructors did not run.
pub(super) fn reset() {
    HEAP.in_use.set(0);
}

/// Without a message: formatting it would be a third of the module. No panic is
/// reachable but that of memory that is used up.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
