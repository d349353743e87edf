import type { Attachment } from 'postal-mime';
import sanitize from 'sanitize-html';

const colour = [/^#[0-9a-f]{3,8}$/i, /^[a-z]+$/i, /^rgba?\([\d\s.,%]+\)$/i];
const size = [/^-?[\d.]+(px|em|rem|%|pt)?( -?[\d.]+(px|em|rem|%|pt)?){0,3}$/, /^auto$/];
const largestInline = 512 * 1024;

/**
 * A mail's HTML as it may be shown: no scripts, forms, frames or event handlers, no style that could load anything or
 * leave its place, no remote pictures. Pictures that the mail itself carries are put in.
 */
export function safeHtml(html: string, attachments: readonly Attachment[]): string {
  const pictures = new Map(
    attachments
      .filter(
        ({ contentId, mimeType }) => contentId !== undefined && /^image\/(png|jpeg|gif|webp)$/.test(mimeType),
      )
      .map(one => [(one.contentId ?? '').replace(/^<|>$/g, ''), one] as const),
  );
  return sanitize(html, {
    allowedTags: [...sanitize.defaults.allowedTags, 'img', 'center', 'font', 'del', 'ins'],
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'width', 'height'],
      font: ['color', 'size', 'face'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
      '*': [
        'style',
        'align',
        'valign',
        'bgcolor',
        'width',
        'height',
        'border',
        'cellpadding',
        'cellspacing',
        'dir',
        'lang',
      ],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    allowedStyles: {
      '*': {
        color: colour,
        'background-color': colour,
        'text-align': [/^(left|right|center|justify)$/],
        'font-size': size,
        'font-weight': [/^(normal|bold|[1-9]00)$/],
        'font-style': [/^(normal|italic)$/],
        'font-family': [/^[\w\s,'"-]+$/],
        'line-height': [/^[\d.]+(px|em|%)?$/, /^normal$/],
        'text-decoration': [/^[a-z -]+$/],
        padding: size,
        margin: size,
        width: size,
        'max-width': size,
        border: [/^[\w\s#.]+$/],
      },
    },
    transformTags: {
      img: (tag, attributes) => ({ tagName: tag, attribs: picture(attributes, pictures) }),
      a: (tag, attributes) => ({ tagName: tag, attribs: { ...attributes, rel: 'noopener noreferrer' } }),
    },
    nonTextTags: ['style', 'script', 'textarea', 'option', 'noscript', 'title', 'head'],
  });
}

function picture(
  attributes: Record<string, string>,
  pictures: ReadonlyMap<string, Attachment>,
): Record<string, string> {
  const { src, ...others } = attributes;
  const own = src?.startsWith('cid:') ? pictures.get(decodeURIComponent(src.slice(4))) : undefined;
  if (own) {
    const bytes =
      typeof own.content === 'string' ? Buffer.from(own.content) : Buffer.from(own.content as ArrayBuffer);
    if (bytes.length <= largestInline)
      return { ...others, src: `data:${own.mimeType};base64,${bytes.toString('base64')}` };
  }
  if (src !== undefined && /^data:image\/(png|jpeg|gif|webp);base64,/i.test(src)) return { ...others, src };
  // A remote picture tells its sender that the mail was opened.
  return { ...others, alt: others['alt'] ?? 'remote picture, not loaded' };
}

/** What a mail without a text part says. */
export function textOfHtml(html: string): string {
  const broken = html.replace(/<(br|\/p|\/div|\/tr|\/h[1-6]|\/li)\b[^>]*>/gi, '$&\n');
  return sanitize(broken, { allowedTags: [], allowedAttributes: {} })
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
