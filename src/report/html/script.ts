/**
 * The page's own script: draws each specification into its figure. Expressions run in Vega's interpreter (`ast`), so
 * that the page needs no `eval`; a loader that refuses everything keeps a specification from reading files or URLs.
 */
export const pageScript = `(() => {
  const refuse = () => Promise.reject(new Error('a report loads nothing'));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  const specs = JSON.parse(document.getElementById('specs').textContent);
  const options = { mode: 'vega-lite', renderer: 'svg', actions: false, ast: true, loader, tooltip: { theme: 'custom' } };
  const draw = async ([id, spec]) => {
    const place = document.getElementById('chart-' + id);
    try {
      const { view } = await vegaEmbed(place, spec, options);
      let width = place.clientWidth;
      new ResizeObserver(() => {
        if (place.clientWidth === width || place.clientWidth === 0) return;
        width = place.clientWidth;
        dispatchEvent(new Event('resize'));
      }).observe(place);
      await view.runAsync();
    } catch (error) {
      place.classList.add('failed');
      place.textContent = 'This chart could not be drawn: ' + error.message;
    }
  };
  Promise.all(Object.entries(specs).map(draw)).then(() => {
    document.documentElement.dataset.drawn = 'yes';
  });
})()`;
