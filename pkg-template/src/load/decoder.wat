;; Turns the text that module-as-text.mjs writes into the module's bytes, where it
;; lies: a byte takes one character or two. JavaScript that has not warmed up takes
;; 4 ms for this loop, WebAssembly a tenth of that.
;; SINGLE, RANKS and BYTES are put in by the build.
(module
  (memory (export "memory") 4)
  ;; The rank of each printable character, by its code.
  (data (i32.const 32) "RANKS")
  ;; The byte of each rank, the most frequent first.
  (data (i32.const 128) "BYTES")
  ;; From 384 to an end: the text before, the bytes up to the result after.
  (func (export "decode") (param $end i32) (result i32)
    (local $at i32) (local $out i32) (local $rank i32)
    (local.set $at (i32.const 384))
    (local.set $out (i32.const 384))
    (loop $next
      (local.set $rank (i32.load8_u (i32.load8_u (local.get $at))))
      ;; The last two characters of the alphabet announce a second one.
      (if (i32.ge_u (local.get $rank) (i32.const SINGLE))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $rank
            (i32.add
              (i32.mul
                (i32.const SINGLE)
                (i32.sub (i32.add (local.get $rank) (i32.const 1)) (i32.const SINGLE)))
              (i32.load8_u (i32.load8_u (local.get $at)))))))
      (i32.store8 (local.get $out) (i32.load8_u offset=128 (local.get $rank)))
      (local.set $out (i32.add (local.get $out) (i32.const 1)))
      (br_if $next
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 1)))
          (local.get $end))))
    (local.get $out)))
