/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A boot sector, all of the guest that it takes to see a disk work: the firmware has
 * read it from there; it writes the sector after it, reads that back, says on the
 * serial line what it found, and switches the machine off.
 */
	.code16
	.globl	_start

	.set	COM1, 0x3f8
	.set	WRITTEN, 0x8000		/* where the sector is written from */
	.set	READ, 0x8400		/* and read back to */

_start:
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	cld
	movb	%dl, drive
	movw	$started, %si
	call	print

	/* Words, and zeros after them */
	movw	$WRITTEN, %di
	movw	$256, %cx
	rep	stosw
	movw	$words, %si
	movw	$WRITTEN, %di
	movw	$words_end - words, %cx
	rep	movsb

	/* int 0x13 with LBA: 0x43 writes, 0x42 reads */
	movw	$0x4300, %ax
	movw	$WRITTEN, buffer
	call	disk
	movw	$no_write, %si
	jc	end
	movw	$0x4200, %ax
	movw	$READ, buffer
	call	disk
	movw	$no_read, %si
	jc	end
	movw	$WRITTEN, %si
	movw	$READ, %di
	movw	$256, %cx
	repe	cmpsw
	movw	$differs, %si
	jne	end
	movw	$same, %si

end:	call	print
	/* Let the line send it, then have the keyboard controller reset the machine */
2:	movw	$COM1 + 5, %dx
	inb	%dx, %al
	testb	$0x40, %al
	jz	2b
	movb	$0xfe, %al
	outb	%al, $0x64
3:	hlt
	jmp	3b

disk:
	movw	$packet, %si
	movb	drive, %dl
	int	$0x13
	ret

print:
	movw	$COM1 + 5, %dx
4:	inb	%dx, %al
	testb	$0x20, %al
	jz	4b
	lodsb
	testb	%al, %al
	jz	5f
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	print
5:	ret

drive:	.byte	0
	.balign	4
packet:	.byte	16, 0
	.word	1			/* sectors */
buffer:	.word	0, 0
	.quad	1			/* LBA */

started: .asciz	"guest: firmware booted me from this disk\r\n"
no_write: .asciz "guest: cannot write\r\n"
no_read: .asciz	"guest: cannot read\r\n"
differs: .asciz	"guest: read something else than it wrote\r\n"
same:	.asciz	"guest: wrote a sector and read it back\r\n"
words:	.ascii	"written by the guest\n"
words_end:

	.org	510
	.word	0xaa55
